/// A set of ports as sorted, disjoint ranges that do not touch: equal sets are equal values.
package struct PortSet: Hashable, Sendable {
  package let ranges: [ClosedRange<UInt16>]

  package static let empty = PortSet([])
  package static let all = PortSet([0...UInt16.max])

  package init(_ ranges: some Sequence<ClosedRange<UInt16>>) {
    var joined: [ClosedRange<UInt16>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard let last = joined.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 else {
        joined.append(range)
        continue
      }
      joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }
    self.ranges = joined
  }

  package var isEmpty: Bool { ranges.isEmpty }

  package func contains(_ port: UInt16) -> Bool { ranges.contains { $0.contains(port) } }

  package func union(_ other: PortSet) -> PortSet {
    if other.isEmpty { return self }
    return isEmpty ? other : PortSet(ranges + other.ranges)
  }

  package func intersection(_ other: PortSet) -> PortSet {
    if self == .all { return other }
    if other == .all { return self }
    return PortSet(
      ranges.flatMap { left in
        other.ranges.compactMap { right in
          left.overlaps(right) ? left.clamped(to: right) : nil
        }
      })
  }

  package func subtracting(_ other: PortSet) -> PortSet { intersection(other.complement) }

  package var complement: PortSet {
    var gaps: [ClosedRange<UInt16>] = []
    var next = 0
    for range in ranges {
      if Int(range.lowerBound) > next { gaps.append(UInt16(next)...(range.lowerBound - 1)) }
      next = Int(range.upperBound) + 1
    }
    if next <= Int(UInt16.max) { gaps.append(UInt16(next)...UInt16.max) }
    return PortSet(gaps)
  }
}

extension PortSet: CustomStringConvertible {
  /// `80,9000-9100`
  package var description: String {
    ranges.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }.joined(separator: ",")
  }
}
