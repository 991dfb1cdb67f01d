import Analysis
import Compiler
import Diagnostics
import PolicyModel

/// `list --exposure`: whom each workload's rules name.
struct ExposureReport: ListReport {
  private let exposures: [Exposure]
  private let graph: PolicyGraph

  init(_ exposures: [Exposure], in graph: PolicyGraph) {
    self.exposures = exposures
    self.graph = graph
  }

  func text(_ format: ListFormat) -> String {
    switch format {
    case .text, .wide: lines(isWide: format == .wide)
    case .json: json.text
    }
  }

  private func lines(isWide: Bool) -> String {
    if exposures.isEmpty { return "no workload\n" }
    return exposures.flatMap { exposure -> [String] in
      let (subject, side) = (exposure.unit.name, exposure.direction == .ingress ? "<=" : "=>")
      guard let openings = exposure.openings else {
        return ["\(subject) \(side) anyone : everything (not isolated)"]
      }
      if openings.isEmpty { return ["\(subject) \(side) no one"] }
      return openings.map { opening in
        let action = opening.action == .allow ? "" : "\(opening.action.rawValue) "
        let place =
          isWide
          ? "   \(opening.provenance.policy.qualifiedName) \(opening.provenance.path) "
            + opening.provenance.location.fileAndLine : ""
        return "\(subject) \(side) \(action)\(peer(opening)) : \(ports(opening))\(place)"
      }
    }.joined(separator: "\n") + "\n"
  }

  private func peer(_ opening: Exposure.Opening) -> String {
    opening.peer.map(graph.text) ?? "anyone"
  }

  private func ports(_ opening: Exposure.Opening) -> String {
    opening.ports.map { $0.map(\.description).joined(separator: ", ") } ?? "everything"
  }

  private var json: JSON {
    [
      "schema": "netpolc.exposure/v1",
      "exposures": .array(
        exposures.map { exposure in
          [
            "workload": .string(exposure.unit.name),
            "direction": .string(exposure.direction.rawValue),
            "isolated": .bool(exposure.openings != nil),
            "openings": .array((exposure.openings ?? []).map { json($0) }),
          ]
        }),
    ]
  }

  private func json(_ opening: Exposure.Opening) -> JSON {
    var members: [(String, JSON)] = [
      ("action", .string(opening.action.rawValue)), ("peer", .string(peer(opening))),
    ]
    if case .set(let set) = opening.peer?.match {
      let names = Set(graph.peerSets[set].members.map { graph.endpoints[$0].workload.displayName })
      members.append(("now", .array(names.sorted().map { .string($0) })))
    }
    members.append(("ports", .array((opening.ports ?? []).map { .string($0.description) })))
    members.append(("rule", opening.provenance.json))
    return .object(members)
  }
}

/// `list --unprotected`: what policies leave open, or cannot close.
struct UnprotectedReport: ListReport {
  private let entries: [Entry]

  private struct Entry {
    let name: String
    let open: [Direction]
    let hasHostNetwork: Bool
  }

  init(_ units: [Unit], _ compilation: Compilation, _ focus: FocusOptions) {
    let graph = compilation.graph
    let open = units.compactMap { unit -> Entry? in
      let open = Direction.allCases.filter { graph.endpoints[unit.endpoint].group($0) == nil }
      return open.isEmpty ? nil : Entry(name: unit.name, open: open, hasHostNetwork: false)
    }
    let host = compilation.input.cluster.onHostNetwork.filter(focus.includes).map {
      Entry(name: $0.displayName, open: Direction.allCases, hasHostNetwork: true)
    }
    entries = open + host
  }

  func text(_ format: ListFormat) -> String {
    switch format {
    case .text, .wide: lines
    case .json: json.text
    }
  }

  private var lines: String {
    if entries.isEmpty { return "every workload is isolated both ways\n" }
    return entries.map { entry in
      let directions = entry.open.map(\.rawValue).joined(separator: " and ")
      return entry.hasHostNetwork
        ? "\(entry.name) : on the host's network, where no policy applies\n"
        : "\(entry.name) : not isolated for \(directions)\n"
    }.joined()
  }

  private var json: JSON {
    [
      "schema": "netpolc.unprotected/v1",
      "workloads": .array(
        entries.map { entry in
          [
            "workload": .string(entry.name), "hostNetwork": .bool(entry.hasHostNetwork),
            "notIsolatedFor": .array(entry.open.map { .string($0.rawValue) }),
          ]
        }),
    ]
  }
}
