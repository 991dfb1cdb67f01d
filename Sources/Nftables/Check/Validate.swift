import NetSets

extension Ruleset {
  /// Why nft would refuse this ruleset, or list it differently; empty for what we generate.
  package var problems: [String] {
    var problems: [String] = []
    var names: Set<String> = []
    for table in tables where !names.insert("\(table.family.nftName) \(table.name)").inserted {
      problems.append("there are two tables \(table.family.nftName) \(table.name)")
    }
    if tables.map(\.family) != tables.map(\.family).sorted() {
      problems.append("tables of family ip6 are before those of family ip")
    }
    return problems + tables.flatMap(\.problems) + (bridge?.problems ?? [])
  }
}

extension Table {
  /// Why nft would refuse this table, or list it differently.
  package var problems: [String] {
    var check = TableCheck(self)
    check.run()
    return check.problems
  }
}

/// The limits of nft 1.0.6 and the kernel, and what our printer relies on.
struct TableCheck {
  static let longestName = 255
  static let longestComment = 128
  static let longestPrefix = 127
  static let deepestJump = 15

  let table: Table
  private(set) var problems: [String] = []
  private let chains: Set<String>
  private let counters: Set<String>
  private let maps: Set<String>
  private let sets: [String: SetContent]

  init(_ table: Table) {
    self.table = table
    chains = Set(table.chains.map(\.name))
    counters = Set(table.counters.map(\.name))
    maps = Set(table.maps.map(\.name))
    sets = Dictionary(table.sets.map { ($0.name, $0.content) }) { first, _ in first }
  }

  mutating func run() {
    // The name of a table is the user's, so it may lack a mark; `netpolc` is no keyword.
    checkName(table.name, of: "table", needsMark: false)
    check(comment: table.comment, of: "table \(table.name)")
    for counter in table.counters { check("counter", counter.name, counter.comment) }
    for map in table.maps { check(map) }
    for set in table.sets { check(set) }
    for chain in table.chains {
      check("chain", chain.name, chain.comment)
      check(chain)
    }
    for (kind, names) in [
      ("counters", table.counters.map(\.name)), ("chains", table.chains.map(\.name)),
      ("sets or maps", table.maps.map(\.name) + table.sets.map(\.name)),
    ] where Set(names).count < names.count {
      problem("two \(kind) have the same name")
    }
    let graph = JumpGraph(table)
    if let loop = graph.loop {
      problem("chain \(loop) leads back to itself")
    } else if graph.depth > TableCheck.deepestJump {
      problem("jumps are \(graph.depth) deep, and the kernel follows \(TableCheck.deepestJump)")
    }
    let hooks = table.chains.compactMap(\.base)
    if Set(hooks).count < hooks.count {
      problem("two base chains have the same hook and priority: their order is not defined")
    }
  }

  mutating func problem(_ text: String) { problems.append(text) }

  private mutating func check(_ kind: String, _ name: String, _ comment: String?) {
    checkName(name, of: kind, needsMark: true)
    check(comment: comment, of: "\(kind) \(name)")
  }

  /// nft has hundreds of keywords, which cannot be names; none has a `-` or `/` with a letter
  /// before it that we use, so names are marked with one; `drops` is no keyword.
  private mutating func checkName(_ name: String, of kind: String, needsMark: Bool) {
    let isWord = name.utf8.allSatisfy { isLetter($0) || "0123456789/_.-".utf8.contains($0) }
    let startsWell = name.utf8.first.map(isLetter) ?? false
    if !isWord || !startsWell || name.utf8.count > TableCheck.longestName {
      problem("\(kind) \(name) has a name that nft does not take")
    } else if needsMark, name != "drops", !name.contains("-"), !name.contains("/") {
      problem("\(kind) \(name) has neither - nor / in its name, so it could be a keyword")
    }
  }

  mutating func check(comment: String?, of what: String) {
    guard let comment else { return }
    check(quoted: comment, longest: TableCheck.longestComment, "the comment of \(what)")
  }

  /// nft has no escapes within quotes.
  mutating func check(quoted text: String, longest: Int, _ what: String) {
    if text.utf8.count > longest { problem("\(what) has more than \(longest) bytes") }
    if text.unicodeScalars.contains(where: { $0 == "\"" || $0.value < 0x20 || $0.value == 0x7f }) {
      problem("\(what) has a character that nft cannot quote")
    }
  }

  private mutating func check(_ map: VerdictMap) {
    check("map", map.name, map.comment)
    for (index, element) in map.elements.enumerated() {
      let what = "element \(element.address) of map \(map.name)"
      check(family: element.address.family, of: what)
      check(comment: element.comment, of: what)
      if index > 0, map.elements[index - 1].address >= element.address {
        problem("\(what) is not after the one before it")
      }
      switch element.verdict {
      case .accept, .drop, .return, .jump, .goto: check(element.verdict, of: what)
      case .lookup, .rejectTCP, .rejectProhibited, .translate:
        problem("\(what) has no verdict for maps")
      }
    }
  }

  private mutating func check(_ set: NamedSet) {
    check("set", set.name, set.comment)
    let what = "set \(set.name)"
    switch set.content {
    case .addresses(let addresses):
      for address in addresses { check(family: address.family, of: what) }
      checkOrder(addresses, of: what)
    case .endpoints(let keys):
      for key in keys { check(family: key.address.family, of: what) }
      checkOrder(keys, of: what)
    case .intervals(let ranges):
      for range in ranges { check(family: range.family, of: what) }
      if AddressSet(ranges).ranges != ranges {
        problem("\(what) has ranges that touch, overlap or are out of order")
      }
    case .flows(let size, let timeoutMinutes):
      if !(1...0xffff_ffff).contains(size) { problem("\(what) has size \(size)") }
      if !(1...TableCheck.longestTimeout).contains(timeoutMinutes) {
        problem("\(what) has a timeout of \(timeoutMinutes) minutes")
      }
    }
  }

  /// A hundred years; far from where the kernel's arithmetic ends.
  private static let longestTimeout = 100 * 365 * 24 * 60

  private mutating func checkOrder(_ elements: [some Comparable], of what: String) {
    if !zip(elements, elements.dropFirst()).allSatisfy({ $0 < $1 }) {
      problem("\(what) has elements that are repeated or not in nft's order")
    }
  }

  mutating func check(family: IPFamily, of what: String) {
    if family != table.family { problem("\(what) is not of family \(table.family.nftName)") }
  }

  mutating func check(_ verdict: Verdict, of what: String) {
    switch verdict {
    case .accept, .drop, .return, .rejectTCP, .rejectProhibited, .translate: break
    case .jump(let chain), .goto(let chain):
      if !chains.contains(chain) { problem("\(what) leads to chain \(chain), which is missing") }
    case .lookup(_, let map):
      if !maps.contains(map) { problem("\(what) looks into map \(map), which is missing") }
    }
  }

  mutating func check(counter: String, of what: String) {
    if !counters.contains(counter) { problem("\(what) names counter \(counter), which is missing") }
  }

  func content(ofSet name: String) -> SetContent? { sets[name] }
}

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
