import NetSets
import PolicyModel

/// What the policies of one side allow: for each different treatment of endpoints, the traffic with
/// every class and with the outside world.
struct SideTraffic: Sendable {
  /// By class.
  private let treatments: [Int]
  /// By family (`IPFamily.index`), then treatment, then class of the peer.
  private let rows: [[[TrafficTable.ID]]]
  /// By treatment.
  private let outside: [[(addresses: AddressSet, traffic: TrafficTable.ID)]]

  /// What makes two classes be treated alike in a direction.
  private struct Treatment: Hashable {
    let group: PolicyGroup.ID?
    /// Of the class itself, where names of ports are its own: for ingress.
    let ports: [NamedPort]
  }

  init(
    _ direction: Direction, _ graph: PolicyGraph, _ classes: EndpointClasses,
    _ families: [IPFamily], _ table: inout TrafficTable
  ) {
    var ids: [Treatment: Int] = [:]
    var distinct: [Treatment] = []
    treatments = classes.signatures.map { signature in
      let treatment =
        direction == .ingress
        ? Treatment(
          group: signature.ingress, ports: signature.ingress == nil ? [] : signature.ports)
        : Treatment(group: signature.egress, ports: [])
      if let id = ids[treatment] { return id }
      ids[treatment] = distinct.count
      distinct.append(treatment)
      return distinct.count - 1
    }
    var rows = [[[TrafficTable.ID]]](repeating: [], count: IPFamily.allCases.count)
    var outside: [[(addresses: AddressSet, traffic: TrafficTable.ID)]] = []
    for treatment in distinct {
      guard let group = treatment.group else {
        for family in families {
          rows[family.index].append(
            [TrafficTable.ID](repeating: TrafficTable.all, count: classes.count))
        }
        outside.append([(AddressSet.all, TrafficTable.all)])
        continue
      }
      let tiers = graph.tieredEdges(of: graph.groups[group])
      let ports = direction == .ingress ? treatment.ports : nil
      for family in families {
        rows[family.index].append(classes.row(tiers, family, ports: ports, &table))
      }
      outside.append(graph.outside(tiers, ports: ports ?? [], &table))
    }
    // Endpoints that meet in a family of which there is no address have none at all, and are in no
    // block of any family.
    self.rows = rows.map { $0.isEmpty ? rows[families[0].index] : $0 }
    self.outside = outside
  }

  /// - Parameter peer: a class with an address in the family, or with none at all.
  func traffic(
    of id: EndpointClasses.ID, with peer: EndpointClasses.ID, _ family: IPFamily
  ) -> TrafficTable.ID {
    rows[family.index][treatments[id]][peer]
  }

  func outside(
    of id: EndpointClasses.ID
  ) -> [(addresses: AddressSet, traffic: TrafficTable.ID)] {
    outside[treatments[id]]
  }
}

extension EndpointClasses {
  /// Asks the tiers in order, for all classes of peers at once: each rule only touches the classes
  /// that it matches.
  /// - Parameter ports: what names of ports stand for; nil where each peer has its own.
  fileprivate func row(
    _ tiers: [(Tier, [Edge])], _ family: IPFamily, ports: [NamedPort]?, _ table: inout TrafficTable
  ) -> [TrafficTable.ID] {
    var allowed = [TrafficTable.ID](repeating: TrafficTable.none, count: count)
    var undecided = [TrafficTable.ID](repeating: TrafficTable.all, count: count)
    for (tier, edges) in tiers {
      var passed = [TrafficTable.ID](repeating: TrafficTable.none, count: count)
      for edge in edges {
        let named = edge.ports?.contains { if case .named = $0.match { true } else { false } }
        let fixed = table.id(of: TrafficSet(edge.ports, at: ports ?? []))
        func decide(_ peer: ID) {
          let own =
            ports == nil && named == true
            ? table.id(of: TrafficSet(edge.ports, at: signatures[peer].ports)) : fixed
          let matched = table.intersection(undecided[peer], own)
          switch edge.action {
          case .allow: allowed[peer] = table.union(allowed[peer], matched)
          case .deny: break
          case .pass: passed[peer] = table.union(passed[peer], matched)
          }
          undecided[peer] = table.subtracting(undecided[peer], matched)
        }
        guard let peers = edge.peers else {
          for peer in 0..<count { decide(peer) }
          continue
        }
        for item in peers {
          for peer in matches.classes(item, family) { decide(peer) }
        }
      }
      switch tier.atEnd {
      case .deny: undecided = passed
      case .pass, .audit:
        for peer in 0..<count { undecided[peer] = table.union(undecided[peer], passed[peer]) }
      }
    }
    for peer in 0..<count { allowed[peer] = table.union(allowed[peer], undecided[peer]) }
    return allowed
  }
}

extension PolicyGraph {
  /// The traffic with addresses of no endpoint, those with equal traffic together.
  /// - Parameter ports: what names of ports stand for at the destination.
  fileprivate func outside(
    _ tiers: [(Tier, [Edge])], ports: [NamedPort], _ table: inout TrafficTable
  ) -> [(addresses: AddressSet, traffic: TrafficTable.ID)] {
    var ranges: [TrafficTable.ID: [AddressRange]] = [:]
    for range in blockRanges(tiers.flatMap(\.1)) {
      let peer = Party(
        endpoint: nil, address: IPAddress(family: range.family, bits: range.lower))
      let id = table.id(of: traffic(tiers, with: peer, destinationPorts: ports))
      if id != TrafficTable.none { ranges[id, default: []].append(range) }
    }
    return ranges.sorted { $0.key < $1.key }.map { (AddressSet($0.value), $0.key) }
  }

  /// Ranges inside which the edges' blocks cannot tell addresses apart, covering both families.
  private func blockRanges(_ edges: [Edge]) -> [AddressRange] {
    var cuts = AddressCuts()
    for edge in edges {
      for case .block(let block) in (edge.peers ?? []).map(\.match) {
        cuts.cut(block.cidr.range)
        for hole in block.except { cuts.cut(hole.range) }
      }
    }
    return cuts.ranges
  }
}
