/// A run of addresses of one family, both ends included.
package struct AddressRange: Hashable, Sendable, Comparable {
  package let family: IPFamily
  package let lower: UInt128
  package let upper: UInt128

  package init(family: IPFamily, lower: UInt128, upper: UInt128) {
    precondition(lower <= upper && upper <= family.highest, "a range is not empty and fits")
    self.family = family
    self.lower = lower
    self.upper = upper
  }

  package init(_ address: IPAddress) {
    self.init(family: address.family, lower: address.bits, upper: address.bits)
  }

  package func contains(_ address: IPAddress) -> Bool {
    address.family == family && lower <= address.bits && address.bits <= upper
  }

  package var first: IPAddress { IPAddress(family: family, bits: lower) }

  /// The prefix that is exactly this range, if there is one.
  package var prefix: IPPrefix? {
    let span = upper - lower
    guard span & (span &+ 1) == 0, lower & span == 0 else { return nil }
    let hostBits = span == .max ? 128 : (span + 1).trailingZeroBitCount
    return IPPrefix(IPAddress(family: family, bits: lower), length: family.width - hostBits)
  }

  /// The fewest prefixes that make up this range, ascending.
  package var prefixes: [IPPrefix] {
    var found: [IPPrefix] = []
    var next = lower
    while true {
      // As large as its start allows, then as what is left allows.
      var hostBits = next == 0 ? family.width : min(next.trailingZeroBitCount, family.width)
      while hostBits > 0, hostBits == 128 || (UInt128(1) << hostBits) - 1 > upper - next {
        if hostBits == 128, next == 0, upper == .max { break }
        hostBits -= 1
      }
      found.append(IPPrefix(IPAddress(family: family, bits: next), length: family.width - hostBits))
      let last = hostBits == 128 ? UInt128.max : next + ((UInt128(1) << hostBits) - 1)
      if last >= upper { return found }
      next = last + 1
    }
  }

  package static func < (left: AddressRange, right: AddressRange) -> Bool {
    (left.family.rawValue, left.lower, left.upper) < (
      right.family.rawValue, right.lower, right.upper
    )
  }
}

/// A set of addresses as sorted, disjoint ranges that do not touch: equal sets are equal values.
package struct AddressSet: Hashable, Sendable {
  package private(set) var ranges: [AddressRange]

  package static let empty = AddressSet([])
  /// Every address of both families.
  package static let all = AddressSet(
    IPFamily.allCases.map { AddressRange(family: $0, lower: 0, upper: $0.highest) })

  /// Any ranges, in any order; those that overlap or touch are joined.
  package init(_ ranges: some Sequence<AddressRange>) {
    var joined: [AddressRange] = []
    for range in ranges.sorted() {
      guard let last = joined.last, last.family == range.family,
        range.lower <= last.upper || range.lower == last.upper + 1
      else {
        joined.append(range)
        continue
      }
      joined[joined.count - 1] = AddressRange(
        family: last.family, lower: last.lower, upper: max(last.upper, range.upper))
    }
    self.ranges = joined
  }

  package init(_ prefix: IPPrefix) { self.init(CollectionOfOne(prefix.range)) }

  package var isEmpty: Bool { ranges.isEmpty }

  package func contains(_ address: IPAddress) -> Bool {
    var low = 0
    var high = ranges.count
    let probe = AddressRange(address)
    while low < high {
      let middle = (low + high) / 2
      let range = ranges[middle]
      if range.contains(address) { return true }
      if range < probe { low = middle + 1 } else { high = middle }
    }
    return false
  }

  package func union(_ other: AddressSet) -> AddressSet { AddressSet(ranges + other.ranges) }

  /// The addresses of this set that `other` does not have. Linear in both.
  package func subtracting(_ other: AddressSet) -> AddressSet {
    var result: [AddressRange] = []
    var index = 0
    for range in ranges {
      var lower = range.lower
      var consumed = false
      while index < other.ranges.count, AddressSet.ends(other.ranges[index], before: range) {
        index += 1
      }
      var cursor = index
      while cursor < other.ranges.count {
        let hole = other.ranges[cursor]
        guard hole.family == range.family, hole.lower <= range.upper else { break }
        if hole.lower > lower {
          result.append(AddressRange(family: range.family, lower: lower, upper: hole.lower - 1))
        }
        if hole.upper >= range.upper {
          consumed = true
          break
        }
        lower = max(lower, hole.upper + 1)
        cursor += 1
      }
      if !consumed {
        result.append(AddressRange(family: range.family, lower: lower, upper: range.upper))
      }
    }
    return AddressSet(result)
  }

  package func intersection(_ other: AddressSet) -> AddressSet {
    subtracting(AddressSet.all.subtracting(other))
  }

  /// The part in one family.
  package func restricted(to family: IPFamily) -> AddressSet {
    AddressSet(ranges.filter { $0.family == family })
  }

  private static func ends(_ hole: AddressRange, before range: AddressRange) -> Bool {
    hole.family < range.family || (hole.family == range.family && hole.upper < range.lower)
  }
}
