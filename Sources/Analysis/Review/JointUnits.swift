import Diagnostics
import PolicyModel

/// The workloads of two versions of a cluster, each beside what it is in the other.
struct JointUnits: Sendable {
  /// Sorted by name; positions name them elsewhere.
  let units: [JointUnit]
  /// The distinct pairs of classes.
  let classes: [JointClass]
  /// By unit, positions in `classes`.
  let classOf: [Int]

  init(_ base: [Unit], _ head: [Unit]) {
    let before = Dictionary(grouping: base, by: \.workload)
    let after = Dictionary(grouping: head, by: \.workload)
    let workloads = Set(before.keys).union(after.keys).sorted()
    let units = workloads.flatMap { JointUnits.pair(before[$0] ?? [], after[$0] ?? []) }
    var known: [JointClass: Int] = [:]
    var classes: [JointClass] = []
    classOf = units.map { unit in
      let key = JointClass(base: unit.base?.classID, head: unit.head?.classID)
      if let id = known[key] { return id }
      known[key] = classes.count
      classes.append(key)
      return classes.count - 1
    }
    self.units = units
    self.classes = classes
  }

  /// The units of one workload. Where one version treats its pods differently and the other does
  /// not, each pod stands beside the whole.
  private static func pair(_ base: [Unit], _ head: [Unit]) -> [JointUnit] {
    if base.count == 1, let whole = base.first, !head.isEmpty {
      return head.map { JointUnit(base: whole, head: $0) }
    }
    if head.count == 1, let whole = head.first {
      return base.isEmpty
        ? [JointUnit(newWith: whole)] : base.map { JointUnit(base: $0, head: whole) }
    }
    let after = Dictionary(head.map { ($0.reference, $0) }) { first, _ in first }
    let before = Set(base.map(\.reference))
    return base.map { unit in
      after[unit.reference].map { JointUnit(base: unit, head: $0) } ?? JointUnit(goneWith: unit)
    } + head.filter { !before.contains($0.reference) }.map { JointUnit(newWith: $0) }
  }
}

/// A workload or pod in two versions; nil where a version does not have it.
struct JointUnit: Sendable {
  let base: Unit?
  let head: Unit?
  /// The finer of both names: a pod rather than its workload.
  let named: Unit

  init(goneWith base: Unit) {
    self.base = base
    head = nil
    named = base
  }

  init(newWith head: Unit) {
    base = nil
    self.head = head
    named = head
  }

  init(base: Unit, head: Unit) {
    self.base = base
    self.head = head
    named = base.reference == base.workload ? head : base
  }
}

/// A class in each version.
struct JointClass: Hashable, Sendable {
  let base: EndpointClasses.ID?
  let head: EndpointClasses.ID?
}
