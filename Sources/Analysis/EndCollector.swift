import PolicyModel

/// Names sets of units: each by itself, or, in a list that is summed up, as few groups as tell the
/// same.
struct EndCollector {
  private let units: [Unit]
  private let isExpanded: Bool
  private let namespaces: [String: [Int]]
  private var open: [Direction: [Int]] = [:]
  private var named: [String: [Int]] = [:]
  /// A group of fewer says less than the names.
  private static let smallest = 4

  init(_ units: [Unit], isExpanded: Bool) {
    self.units = units
    self.isExpanded = isExpanded
    namespaces = Dictionary(grouping: units.indices, by: { units[$0].namespace })
  }

  /// Those that were used, sorted by name.
  var groups: [ConnectionList.Group] {
    named.sorted { $0.key < $1.key }.map { ConnectionList.Group(name: $0.key, members: $0.value) }
  }

  /// Says what no policy isolates in a direction.
  mutating func setOpen(_ direction: Direction, _ members: [Int]) {
    open[direction] = members.sorted()
  }

  mutating func openEnd(_ direction: Direction) -> End? {
    guard let members = open[direction], !members.isEmpty else { return nil }
    return group("any not isolated for \(direction.rawValue)", members)
  }

  /// - Parameter direction: in which those that nothing isolates are a group of their own.
  mutating func ends(_ members: [Int], open direction: Direction?) -> [End] {
    if isExpanded { return members.map { .unit($0) } }
    if members.count == units.count, members.count >= Self.smallest {
      return [group("any", members.sorted())]
    }
    var ends: [End] = []
    var rest = members
    if let direction, let open = open[direction], open.count >= Self.smallest {
      let given = Set(members)
      if open.allSatisfy(given.contains), let end = openEnd(direction) {
        ends.append(end)
        let covered = Set(open)
        rest.removeAll { covered.contains($0) }
      }
    }
    let byNamespace = Dictionary(grouping: rest, by: { units[$0].namespace })
    for (namespace, part) in byNamespace {
      if part.count >= Self.smallest, part.count == namespaces[namespace]?.count {
        ends.append(group("\(namespace)/*", part.sorted()))
      } else {
        ends += alike(part)
      }
    }
    return ends
  }

  /// What is treated alike in every way is named by the first of it.
  private mutating func alike(_ members: [Int]) -> [End] {
    Dictionary(grouping: members, by: { units[$0].classID }).values.flatMap { part -> [End] in
      if part.count < Self.smallest { return part.map { .unit($0) } }
      let sorted = part.sorted()
      return [group("\(units[sorted[0]].name) and \(part.count - 1) alike", sorted)]
    }
  }

  func members(of group: String) -> [Int] { named[group] ?? [] }

  /// Whether none of the units is in the other set.
  func isDisjoint(_ end: End, _ others: Set<Int>) -> Bool {
    switch end {
    case .unit(let index): !others.contains(index)
    case .group(let name): !(named[name] ?? []).contains(where: others.contains)
    case .addresses: true
    }
  }

  private mutating func group(_ name: String, _ members: [Int]) -> End {
    named[name] = members
    return .group(name)
  }
}
