import NetSets

extension Cursor {
  /// A table of family `bridge`, after that word.
  mutating func bridgeTable() throws(RulesetSyntaxError) -> BridgeTable {
    let name = try word("the name of a table")
    var read = ReadBridge()
    try block { cursor throws(RulesetSyntaxError) in
      guard case .word(let keyword) = cursor.token else { throw cursor.failure("an object") }
      switch keyword {
      case "comment": read.comment = try cursor.comment()
      case "counter":
        try cursor.expect("counter \(BridgeTable.counter.name)")
        try cursor.bridgeObject { cursor throws(RulesetSyntaxError) in try cursor.counts() }
      case "set": try cursor.bridgeSet(&read)
      case "chain": try cursor.bridgeChain(&read)
      default: throw cursor.failure("a comment, counter, set or chain")
      }
    }
    return BridgeTable(
      name: name, comment: read.comment, ports: read.ports, senders: read.senders,
      rules: read.rules)
  }

  /// `{`, a comment or what `line` reads, `}`.
  private mutating func bridgeObject(
    _ line: (inout Cursor) throws(RulesetSyntaxError) -> Void
  ) throws(RulesetSyntaxError) {
    try block { cursor throws(RulesetSyntaxError) in
      if cursor.token == .word("comment") {
        _ = try cursor.comment()
      } else {
        try line(&cursor)
      }
    }
  }

  private mutating func bridgeSet(_ read: inout ReadBridge) throws(RulesetSyntaxError) {
    try expect("set")
    let name = try value("a set that netpolc uses") { word in
      word == BridgeTable.portSet
        || IPFamily.allCases.contains { BridgeTable.senderSet($0) == word } ? word : nil
    }
    let family = IPFamily.allCases.first { BridgeTable.senderSet($0) == name }
    let type = family.map { "ifname . ether_addr . \($0.addressType)" } ?? "ifname"
    var isTyped = false
    try bridgeObject { cursor throws(RulesetSyntaxError) in
      guard isTyped else {
        try cursor.expect("type \(type)")
        isTyped = true
        return
      }
      try cursor.expect("elements =")
      if let family {
        read.senders += try cursor.list { cursor throws(RulesetSyntaxError) in
          try cursor.sender(family)
        }
      } else {
        read.ports += try cursor.list { cursor throws(RulesetSyntaxError) in try cursor.port() }
      }
    }
  }

  private mutating func port() throws(RulesetSyntaxError) -> String {
    guard case .quoted(let name) = token, BridgeTable.isPort(name) else {
      throw failure("an interface in quotes")
    }
    advance()
    return name
  }

  private mutating func sender(_ family: IPFamily) throws(RulesetSyntaxError) -> SenderKey {
    let port = try port()
    try expect(".")
    let hardware = try value("a hardware address") { HardwareAddress($0) }
    try expect(".")
    return SenderKey(port: port, hardware: hardware, address: try address(family))
  }

  private mutating func bridgeChain(_ read: inout ReadBridge) throws(RulesetSyntaxError) {
    try expect("chain")
    let chain = try value("a chain that netpolc uses", BridgeChain.init(rawValue:))
    var rules: [BridgeRule] = []
    try bridgeObject { cursor throws(RulesetSyntaxError) in
      if chain == .hook, rules.isEmpty, cursor.token == .word("type") {
        try cursor.expect("type filter hook prerouting priority filter ; policy accept")
      } else {
        rules.append(try cursor.bridgeRule())
      }
    }
    read.rules[chain] = rules
  }

  private mutating func bridgeRule() throws(RulesetSyntaxError) -> BridgeRule {
    for rule in BridgeRule.fixed {
      var ahead = self
      if ahead.takeTokens(of: rule.text) {
        self = ahead
        return rule
      }
    }
    guard token == .word("iifname") else { throw failure("a rule that netpolc writes") }
    advance()
    let port = try port()
    try expect("@ th , 64 , 128")
    let bits = try value("an address as a number") { word in
      word.hasPrefix("0x") ? UInt128(word.dropFirst(2), radix: 16) : nil
    }
    try expect("return")
    return .returnTarget(port: port, IPAddress(family: .ipv6, bits: bits))
  }

  /// Goes past exactly these tokens, when they are next and end the line.
  private mutating func takeTokens(of text: String) -> Bool {
    var expected = Cursor(text)
    while expected.token != .end {
      guard token == expected.token else { return false }
      advance()
      expected.advance()
    }
    return token == .newline || token == .symbol(";") || token == .symbol("}")
  }
}

/// What is read of a bridge table so far.
private struct ReadBridge {
  var comment: String?
  var ports: [String] = []
  var senders: [SenderKey] = []
  var rules: [BridgeChain: [BridgeRule]] = [:]
}

extension BridgeTable {
  /// Whether an interface can have such a name and nft takes it for just that one.
  package static func isPort(_ name: String) -> Bool {
    (1...InterfaceName.longest).contains(name.utf8.count)
      && name.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"\"/*\\".utf8.contains($0) }
  }
}
