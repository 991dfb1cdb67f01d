import NetSets
import PolicyModel

/// Traffic that may differ between families.
struct ByFamily: Hashable, Sendable {
  var ipv4 = TrafficTable.none
  var ipv6 = TrafficTable.none

  var isEmpty: Bool { ipv4 == TrafficTable.none && ipv6 == TrafficTable.none }
}

/// What two versions allow, in numbers of one table.
struct ChangedTraffic: Sendable {
  let joint: JointUnits
  private(set) var table = TrafficTable()
  private var base: Version
  private var head: Version

  private struct Version: Sendable {
    var connectivity: Connectivity
    /// Numbers of the common table, by those of the version's own.
    var translated: [TrafficTable.ID?] = []

    mutating func translate(_ id: TrafficTable.ID, to table: inout TrafficTable) -> TrafficTable.ID
    {
      if Int(id) < translated.count, let known = translated[Int(id)] { return known }
      while translated.count <= Int(id) { translated.append(nil) }
      let result = table.id(of: connectivity.table[id])
      translated[Int(id)] = result
      return result
    }

    mutating func traffic(
      from: EndpointClasses.ID?, to: EndpointClasses.ID?, _ family: IPFamily,
      _ table: inout TrafficTable
    ) -> TrafficTable.ID {
      guard let from, let to else { return TrafficTable.none }
      return translate(connectivity.traffic(from: from, to: to, family), to: &table)
    }

    /// Covering every address, with nothing where nothing is allowed.
    mutating func parts(
      _ id: EndpointClasses.ID?, _ direction: Direction, _ table: inout TrafficTable
    ) -> [(AddressSet, TrafficTable.ID)] {
      guard let id else { return [(.all, TrafficTable.none)] }
      var parts: [(AddressSet, TrafficTable.ID)] = []
      var rest = AddressSet.all
      for part in connectivity.outside(id, direction) {
        parts.append((part.addresses, translate(part.traffic, to: &table)))
        rest = rest.subtracting(part.addresses)
      }
      if !rest.isEmpty { parts.append((rest, TrafficTable.none)) }
      return parts
    }
  }

  /// What two versions have each for itself, and together.
  struct Change {
    var gained = ByFamily()
    var lost = ByFamily()
    var common = ByFamily()
  }

  /// By joint class.
  private let facts: [Facts]

  private struct Facts: Sendable {
    /// Those in which both versions, where they have the class, have an address.
    let families: Set<IPFamily>
    let hasIPv4: Bool
    let hasIPv6: Bool
    let isIsolated: Bool
    let isPartial: Bool

    init(_ versions: [EndpointClasses.Signature]) {
      families = versions.reduce(Set(IPFamily.allCases)) { $0.intersection($1.families) }
      hasIPv4 = families.contains(.ipv4)
      hasIPv6 = families.contains(.ipv6)
      isIsolated = versions.contains { $0.ingress != nil || $0.egress != nil }
      isPartial = versions.count < 2
    }
  }

  init(_ base: PolicyGraph, _ head: PolicyGraph) {
    let (before, after) = (Connectivity(base), Connectivity(head))
    joint = JointUnits(before.units(), after.units())
    facts = joint.classes.map { pair in
      Facts(
        [
          pair.base.map { before.classes.signatures[$0] },
          pair.head.map { after.classes.signatures[$0] },
        ].compactMap(\.self))
    }
    self.base = Version(connectivity: before)
    self.head = Version(connectivity: after)
  }

  /// Those in which both versions, where they have the class, have an address.
  func families(_ id: Int) -> Set<IPFamily> { facts[id].families }

  /// Whether a policy of either version selects it.
  func isIsolated(_ id: Int) -> Bool { facts[id].isIsolated }

  /// Whether only one version has it.
  func isPartial(_ id: Int) -> Bool { facts[id].isPartial }

  func losesIsolation(_ unit: JointUnit?, _ direction: Direction) -> Bool {
    guard let before = unit?.base, let after = unit?.head else { return false }
    return base.connectivity.graph.endpoints[before.endpoint].group(direction) != nil
      && head.connectivity.graph.endpoints[after.endpoint].group(direction) == nil
  }

  mutating func change(from: Int, to: Int) -> Change {
    var change = Change()
    if facts[from].hasIPv4, facts[to].hasIPv4 {
      let one = self.change(from, to, .ipv4)
      (change.gained.ipv4, change.lost.ipv4, change.common.ipv4) = one
    }
    if facts[from].hasIPv6, facts[to].hasIPv6 {
      let one = self.change(from, to, .ipv6)
      (change.gained.ipv6, change.lost.ipv6, change.common.ipv6) = one
    }
    return change
  }

  private mutating func change(
    _ from: Int, _ to: Int, _ family: IPFamily
  ) -> (gained: TrafficTable.ID, lost: TrafficTable.ID, common: TrafficTable.ID) {
    let (source, destination) = (joint.classes[from], joint.classes[to])
    let before = base.traffic(from: source.base, to: destination.base, family, &table)
    let after = head.traffic(from: source.head, to: destination.head, family, &table)
    return (
      table.subtracting(after, before), table.subtracting(before, after),
      table.intersection(before, after)
    )
  }

  /// The addresses with which a class gains, loses and keeps traffic, by that traffic.
  mutating func outside(
    _ id: Int, _ direction: Direction
  ) -> (
    gained: [TrafficTable.ID: AddressSet], lost: [TrafficTable.ID: AddressSet],
    common: [TrafficTable.ID: AddressSet]
  ) {
    let before = base.parts(joint.classes[id].base, direction, &table)
    let after = head.parts(joint.classes[id].head, direction, &table)
    var gained: [TrafficTable.ID: AddressSet] = [:]
    var lost: [TrafficTable.ID: AddressSet] = [:]
    var common: [TrafficTable.ID: AddressSet] = [:]
    let shared = families(id).reduce(AddressSet.empty) {
      $0.union(AddressSet.all.restricted(to: $1))
    }
    func add(
      _ traffic: TrafficTable.ID, _ addresses: AddressSet,
      to parts: inout [TrafficTable.ID: AddressSet]
    ) {
      if traffic == TrafficTable.none { return }
      parts[traffic] = (parts[traffic] ?? .empty).union(addresses)
    }
    for (old, was) in before {
      for (new, isNow) in after {
        let addresses = old.intersection(new).intersection(shared)
        if addresses.isEmpty { continue }
        add(table.subtracting(isNow, was), addresses, to: &gained)
        add(table.subtracting(was, isNow), addresses, to: &lost)
        add(table.intersection(was, isNow), addresses, to: &common)
      }
    }
    return (gained, lost, common)
  }

  /// One set of traffic where the families agree, or one each.
  func split(_ traffic: ByFamily) -> [(family: IPFamily?, traffic: TrafficTable.ID)] {
    let hasBoth =
      base.connectivity.families.count > 1 || head.connectivity.families.count > 1
    if traffic.ipv4 == traffic.ipv6 || !hasBoth {
      return [(nil, traffic.ipv4 == TrafficTable.none ? traffic.ipv6 : traffic.ipv4)]
    }
    return [(IPFamily.ipv4, traffic.ipv4), (.ipv6, traffic.ipv6)].compactMap { family, id in
      id == TrafficTable.none ? nil : (family, id)
    }
  }
}
