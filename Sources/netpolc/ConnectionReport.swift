import Analysis
import Diagnostics
import Lint
import NetSets
import Picture
import PolicyModel
import Reports

/// `list`: one allowed connection a line.
struct ConnectionReport: ListReport {
  private let list: ConnectionList
  private let routed: [RoutedConnection]
  private let graph: PolicyGraph

  init(_ list: ConnectionList, _ routed: [RoutedConnection], in graph: PolicyGraph) {
    self.list = list
    self.routed = routed
    self.graph = graph
  }

  func lines(isWide: Bool) -> String {
    if list.units.isEmpty {
      return "nothing to list: no pod and no workload that a policy can select\n"
    }
    if list.connections.isEmpty, routed.isEmpty { return "no connection is allowed\n" }
    let groups = list.groups.map { group in
      "\(group.name): \(counted(group.members.count, "workload"))\n"
    }
    return groups.joined()
      + list.connections.map { connection in
        let more = isWide ? rules(of: connection).map { "    \($0)\n" }.joined() : ""
        return "\(line(connection))\n\(more)"
      }.joined()
      + routed.map { "\($0.text)\n" }.joined()
  }

  var table: Table {
    Table(
      headers: ["from", "to", "traffic", "only in", "egress rules", "ingress rules"],
      rows: list.connections.map { connection in
        let rules = Direction.allCases.reversed().map { direction in
          (graph.rules(direction, of: connection, in: list.units) ?? [])
            .map { "\($0.policy.qualifiedName) \($0.path) \($0.location.fileAndLine)" }
            .joined(separator: "; ")
        }
        return [
          list.name(connection.from), list.name(connection.to), connection.traffic.description,
          connection.onlyIn?.displayName ?? "",
        ] + rules
      }
        + routed.map { route in
          [
            route.route.description, route.unit.name, route.traffic.description, "", "",
            route.admittedText,
          ]
        })
  }

  var picture: Picture {
    var maker = PictureMaker()
    maker.drawsOpen = true
    let units = list.groups.isEmpty ? list.drawnUnits(in: graph) : []
    return maker.picture(
      title: "What the policies allow",
      list.drawn(in: graph) + routed.compactMap { $0.drawn(in: graph) },
      units: units)
  }

  /// `shop/web[Deployment] => shop/api[Deployment] : TCP 8443`
  private func line(_ connection: AllowedConnection) -> String {
    let family = connection.onlyIn.map { " (only \($0.displayName))" } ?? ""
    return "\(list.name(connection.from)) => \(list.name(connection.to)) : "
      + "\(connection.traffic)\(family)"
  }

  private func rules(of connection: AllowedConnection) -> [String] {
    Direction.allCases.reversed().compactMap { direction in
      guard let rules = graph.rules(direction, of: connection, in: list.units) else { return nil }
      let names = rules.map { "\($0.policy.qualifiedName) \($0.path) \($0.location.fileAndLine)" }
      return
        "\(direction.rawValue)  \(names.isEmpty ? "not isolated" : names.joined(separator: ", "))"
    }
  }

  var json: JSON {
    [
      "schema": "netpolc.list/v1",
      "workloads": .array(list.units.map { $0.json(in: graph) }),
      "groups": .array(
        list.groups.map { group in
          [
            "name": .string(group.name),
            "members": .array(group.members.map { .string(list.units[$0].name) }),
          ]
        }),
      "connections": .array(list.connections.map { json($0) }),
      "routes": .array(routed.map(\.json)),
    ]
  }

  private func json(_ connection: AllowedConnection) -> JSON {
    var members: [(String, JSON)] = [
      ("from", .string(list.name(connection.from))), ("to", .string(list.name(connection.to))),
      ("allows", connection.traffic.json),
    ]
    if let family = connection.onlyIn { members.append(("onlyIn", .string(family.displayName))) }
    // Of connections that are summed up there are more than anyone looks into.
    for direction in Direction.allCases.reversed() where list.groups.isEmpty {
      guard let rules = graph.rules(direction, of: connection, in: list.units) else { continue }
      members.append(
        ("\(direction.rawValue)Rules", .array(rules.map { $0.json })))
    }
    return .object(members)
  }
}

extension PolicyGraph {
  /// The rules that let a connection through on one side; nil where that side is no single
  /// workload.
  func rules(
    _ direction: Direction, of connection: AllowedConnection, in units: [Unit]
  ) -> [Provenance]? {
    let (subject, peer) =
      direction == .ingress
      ? (connection.to, connection.from) : (connection.from, connection.to)
    guard case .unit(let index) = subject else { return nil }
    let scope: PeerScope
    switch peer {
    case .unit(let other): scope = .endpoint(units[other].endpoint)
    case .addresses(_, let set): scope = .addresses(set)
    case .group: return nil
    }
    return allowingRules(direction, of: units[index].endpoint, with: scope, connection.traffic)
  }
}

extension Provenance {
  var json: JSON {
    [
      "policy": .string(policy.qualifiedName), "rule": .string(path.description),
      "source": location.json,
    ]
  }
}

extension Unit {
  func json(in graph: PolicyGraph) -> JSON {
    let endpoint = graph.endpoints[self.endpoint]
    return [
      "name": .string(name), "kind": .string(reference.kind), "namespace": .string(namespace),
      "workload": .string(workload.displayName),
      "isolatedForIngress": .bool(endpoint.ingress != nil),
      "isolatedForEgress": .bool(endpoint.egress != nil),
    ]
  }
}

extension IPFamily {
  var displayName: String {
    switch self {
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    }
  }
}

extension TrafficSet {
  /// In the terms of `NetworkPolicyPort`: without a port it is every port of the protocol. `any` is
  /// every protocol, `other` is ICMP and all that have no name in policies.
  var json: JSON {
    if self == .all { return [["protocol": "any"]] }
    var items: [JSON] = []
    for transport in Transport.allCases where !self[transport].isEmpty {
      let name = JSON.string(transport.kubernetesName)
      if self[transport] == .all {
        items.append(["protocol": name])
        continue
      }
      for range in self[transport].ranges {
        var members: [(String, JSON)] = [
          ("protocol", name), ("port", .integer(Int(range.lowerBound))),
        ]
        if range.count > 1 { members.append(("endPort", .integer(Int(range.upperBound)))) }
        items.append(.object(members))
      }
    }
    if others { items.append(["protocol": "other"]) }
    return .array(items)
  }
}
