import Host
import Synchronization
import TestSupport
import Testing

/// A thread of which only the latest job counts.
@Suite struct LatestJobTests {
  private final class Notes: Sendable {
    let done = Mutex<[Int]>([])
    let mayGoOn = Atomic(false)
  }

  private let worker: LatestJob
  private let notes = Notes()

  init() throws { worker = try LatestJob() }

  private func give(_ number: Int) {
    worker.give { [notes] in notes.done.withLock { $0.append(number) } }
  }

  /// Begins a job that lasts until it is let go on.
  private func giveLasting() {
    worker.give { [notes] in
      notes.done.withLock { $0.append(0) }
      while !notes.mayGoOn.load(ordering: .acquiring) { sleepMilliseconds(1) }
    }
    #expect(eventually { notes.done.withLock { $0 == [0] } })
  }

  private var done: [Int] { notes.done.withLock { $0 } }

  @Test func `all that are given when it is idle are done`() {
    for number in 1...3 {
      give(number)
      #expect(worker.finish(within: .seconds(10)))
    }
    #expect(done == [1, 2, 3])
  }

  @Test func `of those that come while it is busy the last is done`() {
    giveLasting()
    for number in 1...3 { give(number) }
    notes.mayGoOn.store(true, ordering: .releasing)
    #expect(worker.finish(within: .seconds(10)))
    #expect(done == [0, 3])
  }

  @Test func `who does not want to wait longer is told`() {
    giveLasting()
    #expect(!worker.finish(within: .milliseconds(20)))
    notes.mayGoOn.store(true, ordering: .releasing)
    #expect(worker.finish(within: .seconds(10)))
  }

  @Test func `nothing to do is done`() {
    #expect(worker.finish(within: .zero))
  }
}
