import NetSets

extension Ruleset {
  /// Reads what `nft list` prints of our tables, or what `text` is: with or without counts and
  /// handles. What the kernel adds by itself (counts, the elements of dynamic sets) is not kept.
  package init(parsing text: String) throws(RulesetSyntaxError) {
    var cursor = Cursor(text)
    var tables: [Table] = []
    var bridge: BridgeTable?
    cursor.skipNewlines()
    while cursor.token != .end {
      if cursor.take("add") || cursor.take("delete") {
        // What precedes a table's block in our text: it makes room and says nothing.
        try cursor.expect("table")
        if !cursor.take("bridge") { _ = try cursor.family() }
        _ = try cursor.word("the name of a table")
      } else {
        try cursor.expect("table")
        if bridge == nil, cursor.take("bridge") {
          bridge = try cursor.bridgeTable()
        } else {
          tables.append(try cursor.table(besides: tables))
        }
      }
      try cursor.endOfLine()
    }
    self.init(tables: tables, bridge: bridge)
  }
}

extension Cursor {
  fileprivate mutating func family() throws(RulesetSyntaxError) -> IPFamily {
    try value("\"ip\" or \"ip6\"") { name in IPFamily.allCases.first { $0.nftName == name } }
  }

  fileprivate mutating func table(
    besides others: [Table]
  ) throws(RulesetSyntaxError) -> Table {
    let family = try family()
    let name = try value("the name of a table that there is not yet") { word in
      others.contains { $0.family == family && $0.name == word } ? nil : word
    }
    var table = Table(family: family, name: name, comment: nil)
    try block { cursor throws(RulesetSyntaxError) in
      guard case .word(let keyword) = cursor.token else { throw cursor.failure("an object") }
      switch keyword {
      case "comment": table.comment = try cursor.comment()
      case "counter": table.counters.append(try cursor.counter())
      case "map": table.maps.append(try cursor.map(family))
      case "set": table.sets.append(try cursor.set(family))
      case "chain": table.chains.append(try cursor.chain(family))
      default: throw cursor.failure("a comment, counter, map, set or chain")
      }
    }
    return table
  }

  /// `comment "x"`
  mutating func comment() throws(RulesetSyntaxError) -> String {
    try expect("comment")
    return try quoted("a quoted comment")
  }

  private mutating func counter() throws(RulesetSyntaxError) -> NamedCounter {
    try expect("counter")
    let name = try word("the name of a counter")
    var comment: String?
    try block { cursor throws(RulesetSyntaxError) in
      if cursor.token == .word("comment") {
        comment = try cursor.comment()
      } else {
        try cursor.counts()
      }
    }
    return NamedCounter(name: name, comment: comment)
  }

  /// `packets 3 bytes 180`
  mutating func counts() throws(RulesetSyntaxError) {
    try expect("packets")
    _ = try number("a number of packets")
    try expect("bytes")
    _ = try number("a number of bytes")
  }

  private mutating func map(_ family: IPFamily) throws(RulesetSyntaxError) -> VerdictMap {
    try expect("map")
    let name = try word("the name of a map")
    var comment: String?
    var elements: [VerdictElement] = []
    var isTyped = false
    try block { cursor throws(RulesetSyntaxError) in
      guard isTyped else {
        try cursor.expect("type \(family.addressType) : verdict")
        isTyped = true
        return
      }
      if cursor.token == .word("comment") {
        comment = try cursor.comment()
      } else {
        try cursor.expect("elements =")
        elements += try cursor.list { cursor throws(RulesetSyntaxError) in
          try cursor.verdictElement(family)
        }
      }
    }
    return VerdictMap(name: name, comment: comment, elements: elements)
  }

  private mutating func verdictElement(
    _ family: IPFamily
  ) throws(RulesetSyntaxError) -> VerdictElement {
    let address = try address(family)
    let comment = token == .word("comment") ? try comment() : nil
    try expect(":")
    return VerdictElement(address: address, comment: comment, verdict: try simpleVerdict())
  }

  private mutating func chain(_ family: IPFamily) throws(RulesetSyntaxError) -> Chain {
    try expect("chain")
    let name = try word("the name of a chain")
    var comment: String?
    var base: BaseChain?
    var rules: [Rule] = []
    try block { cursor throws(RulesetSyntaxError) in
      if cursor.token == .word("comment"), rules.isEmpty {
        comment = try cursor.comment()
      } else if cursor.token == .word("type"), rules.isEmpty {
        base = try cursor.base()
      } else {
        rules.append(try cursor.rule(family))
      }
    }
    return Chain(name: name, comment: comment, base: base, rules: rules)
  }

  /// `type filter hook forward priority filter - 6; policy accept;`
  private mutating func base() throws(RulesetSyntaxError) -> BaseChain {
    try expect("type")
    let type = try value("a type of chain that netpolc uses", ChainType.init(rawValue:))
    try expect("hook")
    let hook = try value("a hook that netpolc uses") { word in
      Hook(rawValue: word).flatMap { type == .filter || $0 == .postrouting ? $0 : nil }
    }
    try expect("priority")
    let named = try value("a priority") { word in
      Names.priorities(at: hook).first { $0.name == word }?.value ?? Int32(word).map(Int.init)
    }
    var offset = 0
    if take(symbol: "+") {
      offset = try priorityOffset()
    } else if take("-") {
      offset = -(try priorityOffset())
    }
    try expect("; policy accept")
    return BaseChain(type: type, hook: hook, priority: named + offset)
  }

  private mutating func priorityOffset() throws(RulesetSyntaxError) -> Int {
    try value("a distance of at most 10") { word in
      Int(word).flatMap { (0...10).contains($0) ? $0 : nil }
    }
  }
}
