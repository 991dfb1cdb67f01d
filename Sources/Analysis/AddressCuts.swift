import NetSets

/// Divides all addresses at the ends of ranges.
struct AddressCuts {
  private var starts: [IPFamily: Set<UInt128>] = [.ipv4: [0], .ipv6: [0]]

  mutating func cut(_ range: AddressRange) {
    starts[range.family]?.insert(range.lower)
    if range.upper < range.family.highest { starts[range.family]?.insert(range.upper + 1) }
  }

  /// Sorted, covering both families; each range given to `cut` is made of whole ones of these.
  var ranges: [AddressRange] {
    IPFamily.allCases.flatMap { family -> [AddressRange] in
      let sorted = (starts[family] ?? []).sorted()
      return sorted.indices.map { index in
        let upper = index + 1 < sorted.count ? sorted[index + 1] - 1 : family.highest
        return AddressRange(family: family, lower: sorted[index], upper: upper)
      }
    }
  }
}
