import Diagnostics
import NetSets
import Netfilter

/// Who was denied lately, for `status`.
struct DeniedReport {
  let flows: [DeniedFlow]
  let names: PodNames

  /// As many as a screen has room for.
  private static let shown = 5

  var lines: [String] {
    guard !flows.isEmpty else { return ["denied     nothing in the last 10 minutes"] }
    var lines = flows.prefix(Self.shown).enumerated().map { index, flow in
      let packets = flow.packets == 1 ? "1 packet" : "\(flow.packets) packets"
      return (index == 0 ? "denied     " : "           ")
        + "\(name(flow.source)) -> \(name(flow.destination)) \(flow.port)/"
        + "\(flow.transport.kubernetesName)   \(packets)"
    }
    if flows.count > Self.shown {
      lines.append("           and \(flows.count - Self.shown) others in the last 10 minutes")
    }
    return lines
  }

  private func name(_ address: IPAddress) -> String {
    names[address].map { "\($0) (\(address))" } ?? "\(address)"
  }

  var json: JSON {
    .array(
      flows.map { flow in
        [
          "from": .string(flow.source.description),
          "fromPod": names[flow.source].map { .string($0) } ?? .null,
          "to": .string(flow.destination.description),
          "toPod": names[flow.destination].map { .string($0) } ?? .null,
          "port": .integer(Int(flow.port)),
          "protocol": .string(flow.transport.kubernetesName),
          "packets": .integer(Int(clamping: flow.packets)),
        ]
      })
  }
}
