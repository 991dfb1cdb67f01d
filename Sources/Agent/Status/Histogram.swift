/// How often something took how long, as Prometheus counts it: in seconds, each bucket with all
/// that is no longer than its bound.
package struct Histogram: Sendable {
  /// Upper bounds in seconds; what is longer is only in the sum and the count.
  package static let bounds = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
  ]

  /// One a bound, each with those of lower bounds.
  package private(set) var counts = bounds.map { _ in 0 }
  package private(set) var count = 0
  package private(set) var sum = 0.0

  package init() {}

  package mutating func add(_ duration: Duration) {
    let seconds = duration / .seconds(1)
    count += 1
    sum += seconds
    for (index, bound) in Histogram.bounds.enumerated() where seconds <= bound {
      counts[index] += 1
    }
  }
}
