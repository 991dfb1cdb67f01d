import NetSets
import PolicyModel

/// Where two versions differ: between classes, and between a class and the outside world.
struct ChangedPairs: Sendable {
  private let joint: JointUnits
  private let traffic: ChangedTraffic
  private let names: AddressNames
  /// Units by joint class.
  private let members: [[Int]]
  private let pairs: [Pair]
  private let outside: [Outside]
  /// Connections that both versions allow, of units that a policy isolates.
  let unchanged: Int

  private struct Pair {
    let from: Int
    let to: Int
    let kind: ConnectionChange.Kind
    let traffic: ByFamily
  }

  private struct Outside {
    let unitClass: Int
    let direction: Direction
    let kind: ConnectionChange.Kind
    let addresses: AddressSet
    let traffic: TrafficTable.ID
  }

  init(_ base: PolicyGraph, _ head: PolicyGraph) {
    var traffic = ChangedTraffic(base, head)
    let joint = traffic.joint
    var members = [[Int]](repeating: [], count: joint.classes.count)
    for (unit, id) in joint.classOf.enumerated() { members[id].append(unit) }
    names = AddressNames([base, head])
    var pairs: [Pair] = []
    var outside: [Outside] = []
    var unchanged = 0
    for from in joint.classes.indices {
      for to in joint.classes.indices {
        let isOpen = !traffic.isIsolated(from) && !traffic.isIsolated(to)
        // What comes or goes without any policy is told of once, not for every pair.
        if isOpen, traffic.isPartial(from) || traffic.isPartial(to) { continue }
        let change = traffic.change(from: from, to: to)
        if !change.gained.isEmpty {
          pairs.append(Pair(from: from, to: to, kind: .gained, traffic: change.gained))
        }
        if !change.lost.isEmpty {
          pairs.append(Pair(from: from, to: to, kind: .lost, traffic: change.lost))
        }
        if !isOpen, !change.common.isEmpty {
          unchanged += members[from].count * members[to].count
        }
      }
      for direction in Direction.allCases {
        let change = traffic.outside(from, direction)
        for (kind, parts) in [(ConnectionChange.Kind.gained, change.gained), (.lost, change.lost)] {
          for (id, addresses) in parts {
            outside.append(
              Outside(
                unitClass: from, direction: direction, kind: kind, addresses: addresses,
                traffic: id))
          }
        }
        guard traffic.isIsolated(from) else { continue }
        for (_, addresses) in change.common {
          let parts = names.parts(of: addresses, families: traffic.families(from)).count
          unchanged += members[from].count * parts
        }
      }
    }
    self.joint = joint
    self.traffic = traffic
    self.members = members
    self.pairs = pairs
    self.outside = outside
    self.unchanged = unchanged
  }

  var isolatedNamespaces: [String] {
    let isolated = joint.units.indices.filter { traffic.isIsolated(joint.classOf[$0]) }
    return Set(isolated.map { joint.units[$0].named.namespace }).sorted()
  }

  func changes(limit: Int) -> [ConnectionChange] {
    let inside = pairs.reduce(0) { $0 + members[$1.from].count * members[$1.to].count }
    let withOutside = outside.reduce(0) { $0 + members[$1.unitClass].count }
    let isExpanded = inside + withOutside <= limit
    var collector = EndCollector(joint.units.map(\.named), isExpanded: isExpanded)
    return between(&collector) + beyond(&collector) + withoutPolicy(&collector)
  }

  // MARK: Between workloads

  private struct Sources: Hashable {
    let to: Int
    let kind: ConnectionChange.Kind
    let traffic: ByFamily
  }

  private func between(_ collector: inout EndCollector) -> [ConnectionChange] {
    var sources: [Sources: [Int]] = [:]
    for pair in pairs {
      let key = Sources(to: pair.to, kind: pair.kind, traffic: pair.traffic)
      sources[key, default: []] += members[pair.from]
    }
    var changes: [ConnectionChange] = []
    for (key, from) in sources {
      let destinations = collector.ends(members[key.to], open: nil)
      for source in collector.ends(from, open: nil) {
        for destination in destinations {
          let sample = ConnectionChange.Sample(
            from: unit(source, of: collector), to: unit(destination, of: collector))
          for (family, id) in traffic.split(key.traffic) {
            changes.append(
              ConnectionChange(
                kind: key.kind, from: changed(source, collector),
                to: changed(destination, collector), traffic: traffic.table[id], onlyIn: family,
                causes: [], alarm: alarm(key.kind, from: sample.from, to: sample.to),
                samples: [sample]))
          }
        }
      }
    }
    return changes
  }

  // MARK: With the outside world

  private struct Users: Hashable {
    let direction: Direction
    let kind: ConnectionChange.Kind
    let addresses: AddressSet
    let families: Set<IPFamily>
    let traffic: TrafficTable.ID
  }

  private func beyond(_ collector: inout EndCollector) -> [ConnectionChange] {
    var users: [Users: [Int]] = [:]
    for change in outside {
      let key = Users(
        direction: change.direction, kind: change.kind, addresses: change.addresses,
        families: traffic.families(change.unitClass), traffic: change.traffic)
      users[key, default: []] += members[change.unitClass]
    }
    var changes: [ConnectionChange] = []
    for (key, units) in users {
      let ends = collector.ends(units, open: nil)
      for part in names.parts(of: key.addresses, families: key.families) {
        let beyond = ChangedEnd.addresses(name: part.name, part.addresses)
        for end in ends {
          let isIngress = key.direction == .ingress
          let unit = unit(end, of: collector)
          let sample = ConnectionChange.Sample(
            from: isIngress ? nil : unit, to: isIngress ? unit : nil)
          let near = changed(end, collector)
          changes.append(
            ConnectionChange(
              kind: key.kind, from: isIngress ? beyond : near, to: isIngress ? near : beyond,
              traffic: traffic.table[key.traffic], onlyIn: nil, causes: [],
              alarm: alarm(key.kind, from: sample.from, to: sample.to)
                ?? alarm(key.kind, key.direction, part.addresses), samples: [sample]))
        }
      }
    }
    return changes
  }

  // MARK: What no policy concerns

  /// A workload that came or went and that nothing isolates: everything, with all of its like.
  private func withoutPolicy(_ collector: inout EndCollector) -> [ConnectionChange] {
    let open = joint.units.indices.filter { !traffic.isIsolated(joint.classOf[$0]) }
    return open.filter { traffic.isPartial(joint.classOf[$0]) && open.count > 1 }.flatMap { index in
      let unit = joint.units[index]
      let kind: ConnectionChange.Kind = unit.base == nil ? .gained : .lost
      let many = ChangedEnd.many(name: "any that no policy isolates", count: open.count)
      let own = ChangedEnd.workload(unit.named)
      return [(many, own), (own, many)].map { from, to in
        ConnectionChange(
          kind: kind, from: from, to: to, traffic: .all, onlyIn: nil, causes: [], alarm: nil,
          samples: [ConnectionChange.Sample(from: unit, to: unit)])
      }
    }
  }

  // MARK: Words

  private func changed(_ end: End, _ collector: EndCollector) -> ChangedEnd {
    switch end {
    case .unit(let index): .workload(joint.units[index].named)
    case .group(let name): .many(name: name, count: collector.members(of: name).count)
    case .addresses(let name, let set): .addresses(name: name, set)
    }
  }

  private func unit(_ end: End, of collector: EndCollector) -> JointUnit? {
    switch end {
    case .unit(let index): joint.units[index]
    case .group(let name): collector.members(of: name).first.map { joint.units[$0] }
    case .addresses: nil
    }
  }

  private func alarm(
    _ kind: ConnectionChange.Kind, from: JointUnit?, to: JointUnit?
  ) -> ConnectionChange.Alarm? {
    guard kind == .gained else { return nil }
    let isOpened =
      traffic.losesIsolation(from, .egress) || traffic.losesIsolation(to, .ingress)
    return isOpened ? .unprotected : nil
  }

  private func alarm(
    _ kind: ConnectionChange.Kind, _ direction: Direction, _ addresses: AddressSet
  ) -> ConnectionChange.Alarm? {
    guard kind == .gained else { return nil }
    switch direction {
    case .egress:
      return ChangedPairs.metadata.contains(where: addresses.contains) ? .metadata : nil
    case .ingress:
      let isEveryone = IPFamily.allCases.contains { family in
        addresses.ranges.contains(
          AddressRange(family: family, lower: 0, upper: family.highest))
      }
      return isEveryone ? .internet : nil
    }
  }

  /// Where the large clouds answer, AWS also in IPv6.
  private static let metadata = ["169.254.169.254", "fd00:ec2::254"].compactMap { IPAddress($0) }
}
