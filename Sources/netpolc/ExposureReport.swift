import Analysis
import Diagnostics
import Picture
import PolicyModel
import Reports

/// `list --exposure`: whom each workload's rules name.
struct ExposureReport: ListReport {
  private let exposures: [Exposure]
  private let graph: PolicyGraph

  init(_ exposures: [Exposure], in graph: PolicyGraph) {
    self.exposures = exposures
    self.graph = graph
  }

  func lines(isWide: Bool) -> String {
    if exposures.isEmpty {
      return "nothing to list: no pod and no workload that a policy can select\n"
    }
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

  var table: Table {
    Table(
      headers: ["workload", "direction", "action", "peer", "ports", "rule", "source"],
      rows: exposures.flatMap { exposure -> [[String]] in
        let head = [exposure.unit.name, exposure.direction.rawValue]
        guard let openings = exposure.openings else {
          return [head + ["allow", "anyone", "everything", "not isolated", ""]]
        }
        return openings.map { opening in
          head + [
            opening.action.rawValue, peer(opening), ports(opening),
            "\(opening.provenance.policy.qualifiedName) \(opening.provenance.path)",
            opening.provenance.location.fileAndLine,
          ]
        }
      })
  }

  /// Each workload with whom its rules name.
  var picture: Picture {
    var nodes: [String: Picture.Node] = [:]
    var edges: [Picture.Edge] = []
    for exposure in exposures {
      let unit = exposure.unit
      nodes[unit.name] = Picture.Node(
        id: unit.name, label: unit.reference.name, detail: unit.reference.kind,
        group: unit.namespace)
      for opening in exposure.openings ?? [] where opening.action == .allow {
        let peer = "peer \(peer(opening))"
        nodes[peer] = Picture.Node(id: peer, label: self.peer(opening), role: .summary)
        let ends = exposure.direction == .ingress ? (peer, unit.name) : (unit.name, peer)
        edges.append(
          Picture.Edge(
            from: ends.0, to: ends.1, label: ports(opening),
            tooltip: [
              "\(opening.provenance.policy.qualifiedName) \(opening.provenance.path) "
                + opening.provenance.location.fileAndLine
            ]))
      }
    }
    return Picture(
      title: "Whom the policies' rules name",
      groups: Set(nodes.values.compactMap(\.group)).map { Picture.Group(id: $0, label: $0) },
      nodes: Array(nodes.values), edges: edges)
  }

  private func peer(_ opening: Exposure.Opening) -> String {
    opening.peer.map(graph.text) ?? "anyone"
  }

  private func ports(_ opening: Exposure.Opening) -> String {
    opening.ports.map { $0.map(\.description).joined(separator: ", ") } ?? "everything"
  }

  var json: JSON {
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
  /// Whether there is anything to be protected.
  private let isEmpty: Bool

  private struct Entry {
    let name: String
    let open: [Direction]
    let hasHostNetwork: Bool
  }

  init(_ units: [Unit], onHostNetwork: [ObjectReference], in graph: PolicyGraph) {
    let open = units.compactMap { unit -> Entry? in
      let open = Direction.allCases.filter { graph.endpoints[unit.endpoint].group($0) == nil }
      return open.isEmpty ? nil : Entry(name: unit.name, open: open, hasHostNetwork: false)
    }
    let host = onHostNetwork.map {
      Entry(name: $0.displayName, open: Direction.allCases, hasHostNetwork: true)
    }
    entries = open + host
    isEmpty = units.isEmpty && host.isEmpty
  }

  func lines(isWide: Bool) -> String {
    if isEmpty { return "nothing to list: no pod and no workload that a policy can select\n" }
    if entries.isEmpty { return "every workload is isolated both ways\n" }
    return entries.map { entry in
      let directions = entry.open.map(\.rawValue).joined(separator: " and ")
      return entry.hasHostNetwork
        ? "\(entry.name) : on the host's network, where no policy applies\n"
        : "\(entry.name) : not isolated for \(directions)\n"
    }.joined()
  }

  var table: Table {
    Table(
      headers: ["workload", "not isolated for", "host network"],
      rows: entries.map { entry in
        [
          entry.name, entry.open.map(\.rawValue).joined(separator: ", "),
          entry.hasHostNetwork ? "yes" : "no",
        ]
      })
  }

  var picture: Picture {
    Picture(
      title: "What no policy isolates",
      nodes: entries.map { entry in
        Picture.Node(
          id: entry.name, label: entry.name,
          detail: entry.hasHostNetwork
            ? "host network" : entry.open.map(\.rawValue).joined(separator: ", "))
      }, emptyText: isEmpty ? "No workload" : "Every workload is isolated both ways")
  }

  var json: JSON {
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
