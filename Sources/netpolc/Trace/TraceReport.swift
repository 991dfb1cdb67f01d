import Diagnostics
import NetSets
import Netfilter
import Nftables

/// What is said of a packet that was followed.
struct TraceReport {
  let packet: TracedPacket
  let rules: TracedRules

  /// Who decided.
  private enum Outcome {
    case passed
    case droppedByPolicy
    case droppedByOthers(place: String, rule: String?)
  }

  private var outcome: Outcome {
    guard let event = packet.dropping else { return .passed }
    if event.table == TracedRules.own { return .droppedByPolicy }
    let (place, rule) = rules.foreignText(event)
    return .droppedByOthers(place: place, rule: rule)
  }

  /// The parts of policies that it met, as their rules' comments name them, in order: those that
  /// decided about it.
  private func parts() throws -> [String] {
    var found: [String] = []
    for event in packet.events where event.table == TracedRules.own {
      guard case .rule = event.kind, let comment = try rules.rule(event)?.comment,
        event.verdict != .next, !found.contains(comment)
      else { continue }
      found.append(comment)
    }
    if found.isEmpty, let event = packet.dropping, event.table == TracedRules.own,
      let comment = try rules.comment(ofChain: event)
    {
      found.append(comment)
    }
    return found
  }

  private var chains: [String] {
    var found: [String] = []
    for event in packet.events where event.table == TracedRules.own && found.last != event.chain {
      found.append(event.chain)
    }
    return found
  }

  private var flow: String {
    let header = packet.header
    let name =
      switch header.layer4 {
      case .icmp: "ICMP"
      case .icmpv6: "ICMPv6"
      case let other:
        Transport(rawValue: other.number)?.kubernetesName ?? "protocol \(other.number)"
      }
    func end(_ address: IPAddress, _ port: UInt16?) -> String {
      guard let port else { return address.description }
      return address.family == .ipv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
    return "\(end(header.source, header.ports?.source)) > "
      + "\(end(header.destination, header.ports?.destination)) \(name)"
  }

  func text() throws -> String {
    let head = "\(packet.time)  \(flow)   "
    let parts = try parts()
    let way = chains.isEmpty ? "" : "   \(chains.joined(separator: " -> "))\n"
    let reasons = parts.map { "   \($0)\n" }.joined()
    switch outcome {
    case .passed:
      let why = chains.isEmpty ? ", and met no rule of netpolc" : ""
      return "\(head)passed\(why)\n\(way)\(reasons)"
    case .droppedByPolicy: return "\(head)dropped by policy\n\(way)\(reasons)"
    case .droppedByOthers(let place, let rule):
      return "\(head)dropped by \(place), not by policy\n"
        + (rule.map { "   \($0)\n" } ?? "   the chain's policy, or a rule that is gone\n")
        + way + reasons
    }
  }

  /// A line of `netpolc.trace/v1`.
  func json() throws -> JSON {
    let header = packet.header
    let (outcome, by): (String, JSON) =
      switch outcome {
      case .passed: ("passed", .null)
      case .droppedByPolicy: ("denied", .string(TracedRules.own))
      case .droppedByOthers(let place, _): ("dropped", .string(place))
      }
    var rule: JSON = .null
    if case .droppedByOthers(_, let text?) = self.outcome { rule = .string(text) }
    return [
      "schema": "netpolc.trace/v1",
      "time": .string(packet.time),
      "from": .string(header.source.description),
      "to": .string(header.destination.description),
      "protocol": .integer(Int(header.layer4.number)),
      "sourcePort": header.ports.map { .integer(Int($0.source)) } ?? .null,
      "port": header.ports.map { .integer(Int($0.destination)) } ?? .null,
      "outcome": .string(outcome),
      "by": by,
      "rule": rule,
      "chains": .array(chains.map { .string($0) }),
      "policies": .array(try parts().map { .string($0) }),
    ]
  }
}
