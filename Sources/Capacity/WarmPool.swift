/// A node's pool while pods come and go one by one, ipamd having done all it does after each.
package struct WarmPool: Sendable {
  package private(set) var pool: AddressPool
  /// False where ipamd, with the same pods, gets and gives back the same for ever; `pool` is then
  /// the fullest that it comes to.
  package private(set) var settles = true
  package private(set) var pods = 0
  private let manager: PoolManager

  /// A node that has started, without pods.
  package init(_ settings: PoolSettings) {
    pool = AddressPool(blockSize: settings.blockSize)
    manager = PoolManager(settings: settings)
    settle()
  }

  /// The pool at each number of pods, as they come or, where `first` is more than `last`, go.
  package static func states(
    _ settings: PoolSettings, from first: Int, to last: Int
  ) -> [WarmPool] {
    var next = WarmPool(settings)
    while next.pods < first { next.start() }
    var states = [next]
    while next.pods != last {
      if next.pods < last { next.start() } else { next.stop() }
      states.append(next)
    }
    return states
  }

  /// Pods that no address was there for. The kubelet tries them again and again.
  package var waiting: Int { pods - pool.assigned }

  /// One more pod.
  package mutating func start() {
    pods += 1
    assignAndSettle()
  }

  /// One pod less: one that waits if any does, or the one that came last.
  package mutating func stop() {
    guard pods > 0 else { return }
    if waiting == 0 { pool.unassign() }
    pods -= 1
    assignAndSettle()
  }

  private mutating func assignAndSettle() {
    var isNew = true
    while isNew {
      while waiting > 0, pool.assign() {}
      settle()
      isNew = waiting > 0 && pool.available > 0
    }
  }

  /// Turns ipamd's loop until it changes nothing, and nothing more when a minute has gone by.
  private mutating func settle() {
    var seen: [AddressPool] = []
    var known: Set<AddressPool> = []
    var next = pool
    while known.insert(next).inserted {
      seen.append(next)
      manager.turn(&next)
      if next == seen.last { next.age() }
    }
    let cycle = seen.drop { $0 != next }
    settles = cycle.count == 1
    pool = cycle.max { $0.total < $1.total } ?? next
    pool.age()
  }
}
