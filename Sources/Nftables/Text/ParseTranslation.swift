import NetSets

extension Cursor {
  /// `masquerade to :1024-2000 random`, `snat to 192.0.2.1 fully-random`, `snat to ip saddr`.
  mutating func translation(_ family: IPFamily) throws(RulesetSyntaxError) -> SourceTranslation {
    if take("masquerade") {
      let range = take("to") ? try value("a range of ports", portRange) : nil
      return .masquerade(SourcePorts(range, choice()))
    }
    try expect("snat to")
    if take(family.nftName) {
      try expect("saddr")
      return .own
    }
    if take(symbol: "[") {
      let address = try address(family)
      try expect("]")
      return .address(address, SourcePorts(try value("a range of ports", portRange), choice()))
    }
    let (address, range) = try value("an \(family.nftName) address") { word in
      read(word, family)
    }
    return .address(address, SourcePorts(range, choice()))
  }

  private mutating func choice() -> SourcePorts.Choice {
    SourcePorts.Choice.allCases.first { $0 != .kept && take($0.rawValue) } ?? .kept
  }
}

/// `192.0.2.1`, `fd00::1`, `192.0.2.1:1024-2000`.
private func read(_ word: String, _ family: IPFamily) -> (IPAddress, ClosedRange<UInt16>?)? {
  guard family == .ipv4, let colon = word.firstIndex(of: ":") else {
    return IPAddress(word).flatMap { $0.family == family ? ($0, nil) : nil }
  }
  guard let address = IPAddress(word[..<colon]), let range = portRange(String(word[colon...]))
  else { return nil }
  return (address, range)
}

/// `:1024-2000`
private func portRange(_ word: String) -> ClosedRange<UInt16>? {
  guard word.first == ":" else { return nil }
  let ends = word.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
  guard ends.count == 2, let lower = UInt16(ends[0]), let upper = UInt16(ends[1]), lower <= upper
  else { return nil }
  return lower...upper
}
