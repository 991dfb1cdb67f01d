import BenchSupport
import Host
import Netfilter

/// Sees the agent's transactions when the kernel has made them.
struct KernelWatch {
  private let monitor: GenerationMonitor

  init() throws {
    monitor = try GenerationMonitor()
    try monitor.listen()
  }

  /// How many there were since the last call.
  func transactions() throws -> Int {
    let reading = try monitor.read()
    if reading.hasLost {
      throw BenchFailure(description: "the kernel told more than there was room for")
    }
    return reading.generations.count
  }

  /// How long a change takes from here, by way of the server and the agent, until the kernel tells
  /// of the last transaction that it leads to.
  func time(_ change: () -> Void) throws -> Double {
    guard try transactions() == 0 else {
      throw BenchFailure(description: "the agent writes though nothing changes")
    }
    let start = ContinuousClock.now
    change()
    var end: ContinuousClock.Instant?
    while !(try readable([monitor.descriptor], within: end == nil ? 5000 : 10).isEmpty) {
      if try transactions() > 0 { end = .now }
    }
    guard let end else {
      throw BenchFailure(description: "a change that the kernel never heard of")
    }
    return (end - start).milliseconds
  }
}
