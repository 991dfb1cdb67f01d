import NetSets

extension Cursor {
  /// Matches, then statements, then a verdict, then a comment.
  mutating func rule(_ family: IPFamily) throws(RulesetSyntaxError) -> Rule {
    var matches: [Match] = []
    var statements: [Statement] = []
    var verdict: Verdict?
    while statements.isEmpty, let match = try match(family) { matches.append(match) }
    while let statement = try statement(family) { statements.append(statement) }
    switch token {
    case .newline, .symbol(";"), .symbol("}"), .word("comment"):
      if matches.isEmpty, statements.isEmpty { throw failure("a rule") }
    case .word, .quoted, .symbol, .end, .unknown: verdict = try ruleVerdict(family)
    }
    let comment = token == .word("comment") ? try comment() : nil
    return Rule(matches, statements, verdict, comment: comment)
  }

  /// The next match, unless a statement or verdict is next.
  private mutating func match(_ family: IPFamily) throws(RulesetSyntaxError) -> Match? {
    guard case .word(let keyword) = token else { return nil }
    switch keyword {
    case "ct":
      try expect("ct state")
      return .connectionState(try states())
    case "tcp":
      try expect("tcp flags != syn / fin , syn , rst , ack")
      return .notStartOfTCP
    case "th":
      try expect("th dport")
      return .destinationPort(try value("a port or ports") { numbers($0, UInt16.init) })
    case "meta":
      try expect("meta l4proto")
      return try layer4()
    case "icmpv6":
      try expect("icmpv6 type")
      return .icmpv6Type(
        try value("an ICMPv6 type") { word in
          // Names have hyphens, as ranges do.
          Names.icmpv6Number(word).map { $0...$0 } ?? numbers(word, UInt8.init)
        })
    case "iifname", "oifname":
      advance()
      let negated = take("!=")
      return .interface(
        keyword == "iifname" ? .in : .out, interfaceName(try quoted("an interface in quotes")),
        negated: negated)
    case "fib": return try routeMatch()
    case family.nftName: return try addressMatch(family)
    default: return nil
    }
  }

  private func interfaceName(_ text: String) -> InterfaceName {
    text.hasSuffix("*")
      ? InterfaceName(String(text.dropLast()), isPrefix: true) : InterfaceName(text)
  }

  /// What asks the node's routes.
  private mutating func routeMatch() throws(RulesetSyntaxError) -> Match {
    try expect("fib")
    let field = try addressField()
    guard take(".") else {
      try expect("type")
      let negated = take("!=")
      try expect("local")
      return .local(field, negated: negated)
    }
    guard field == .source else { throw failure("\"type\"") }
    if take("iif") {
      try expect("oif missing")
      return .sourceNotBehindInInterface
    }
    try expect("oif type != local")
    return .sourceNotOnOutInterface
  }

  private mutating func states() throws(RulesetSyntaxError) -> [ConnectionState] {
    var states: [ConnectionState] = []
    repeat {
      states.append(try value("a connection state", ConnectionState.init(rawValue:)))
    } while take(symbol: ",")
    return states
  }

  private mutating func layer4() throws(RulesetSyntaxError) -> Match {
    func read(_ name: String) -> IPProtocol? {
      Names.protocolNumber(name).map(IPProtocol.init(number:))
    }
    guard token == .symbol("{") else { return .layer4(try value("a protocol", read)) }
    return .layer4In(
      try list { cursor throws(RulesetSyntaxError) in try cursor.value("a protocol", read) })
  }

  /// What begins with `ip saddr` or `ip daddr`; nil at a verdict map, which is left.
  private mutating func addressMatch(_ family: IPFamily) throws(RulesetSyntaxError) -> Match? {
    let before = self
    advance()
    let field = try addressField()
    switch token {
    case .word("vmap"):
      self = before
      return nil
    case .word("."):
      guard field == .destination else { throw failure("an address") }
      try expect(". meta l4proto . th dport")
      return .destinationIn(set: try reference("the name of a set"))
    case .symbol("@"): return .addressIn(field, set: try reference("the name of a set"))
    case .word("!="):
      advance()
      if token == .symbol("@") {
        return .addressIn(field, set: try reference("the name of a set"), negated: true)
      }
      return .address(field, try range(family), negated: true)
    case .word, .quoted, .symbol, .newline, .end, .unknown:
      return .address(field, try range(family), negated: false)
    }
  }

  private mutating func addressField() throws(RulesetSyntaxError) -> AddressField {
    try value("\"saddr\" or \"daddr\"") { word in
      switch word {
      case "saddr": .source
      case "daddr": .destination
      default: nil
      }
    }
  }

  /// The next statement, unless a verdict is next.
  private mutating func statement(_ family: IPFamily) throws(RulesetSyntaxError) -> Statement? {
    guard case .word(let keyword) = token else { return nil }
    switch keyword {
    case "counter":
      advance()
      if take("name") { return .namedCounter(try quoted("the quoted name of a counter")) }
      if token == .word("packets") { try counts() }
      return .counter
    case "limit":
      try expect("limit rate")
      let rate = try value("a rate like 20/second") { word in
        word.hasSuffix("/second") ? UInt32(word.dropLast("/second".count)) : nil
      }
      guard take("burst") else {
        return .limit(perSecond: Int(rate), burst: Statement.defaultBurst)
      }
      let burst = try number("a number of packets")
      try expect("packets")
      return .limit(perSecond: Int(rate), burst: burst)
    case "log":
      try expect("log prefix")
      let prefix = try quoted("a quoted log prefix")
      try expect("group")
      return .log(prefix: prefix, group: try number("an nflog group"))
    case "update":
      advance()
      let set = try reference("the name of a set")
      let name = family.nftName
      try expect("{ \(name) saddr . \(name) daddr . meta l4proto . th dport counter")
      if token == .word("packets") { try counts() }
      try expect("}")
      return .updateFlow(set: set)
    default: return nil
    }
  }

  private mutating func ruleVerdict(_ family: IPFamily) throws(RulesetSyntaxError) -> Verdict {
    if take("reject") {
      try expect("with")
      if take("tcp") {
        try expect("reset")
        return .rejectTCP
      }
      try expect("\(family.icmpName) admin-prohibited")
      return .rejectProhibited
    }
    if token == .word("masquerade") || token == .word("snat") {
      return .translate(try translation(family))
    }
    if take(family.nftName) {
      let field = try addressField()
      try expect("vmap")
      return .lookup(field, map: try reference("the name of a map"))
    }
    return try simpleVerdict()
  }

  /// A verdict that maps can hold.
  mutating func simpleVerdict() throws(RulesetSyntaxError) -> Verdict {
    guard case .word(let keyword) = token else { throw failure("a verdict") }
    switch keyword {
    case "accept":
      advance()
      return .accept
    case "drop":
      advance()
      return .drop
    case "return":
      advance()
      return .return
    case "jump":
      advance()
      return .jump(try word("the name of a chain"))
    case "goto":
      advance()
      return .goto(try word("the name of a chain"))
    default: throw failure("a match, statement or verdict")
    }
  }
}

/// `80`, or `9000-9100` in order.
private func numbers<Number: FixedWidthInteger>(
  _ word: String, _ read: (String) -> Number?
) -> ClosedRange<Number>? {
  let parts = word.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
  guard parts.count <= 2, let lower = read(parts[0]), let upper = read(parts[parts.count - 1]),
    lower <= upper
  else { return nil }
  return lower...upper
}
