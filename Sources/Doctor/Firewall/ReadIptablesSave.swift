import NetSets

/// Reads what `iptables-save` and `ip6tables-save` print (iptables-save(8)): tables with `:CHAIN
/// POLICY [packets:bytes]` and rules as `-A CHAIN …`.
struct IptablesSaveReader {
  let family: IPFamily
  let owner: ForeignTable.Owner
  /// Those that `-m set` may ask; one that is not among them cannot be told.
  var sets: [String: AddressSet] = [:]

  /// Lines that are no part of the format are rules that are not understood, in no chain: they
  /// cannot be, of these programs.
  func tables(_ text: String) -> [ForeignTable] {
    var tables: [ForeignTable] = []
    var chains: [ForeignChain] = []
    var positions: [String: Int] = [:]
    var name: String?
    func close() {
      guard let table = name else { return }
      tables.append(
        ForeignTable(
          title: "\(program) table \(table)", name: table, owner: owner, families: [family],
          chains: chains))
      (name, chains, positions) = (nil, [], [:])
    }
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("*") {
        close()
        name = String(line.dropFirst())
      } else if line == "COMMIT" {
        close()
      } else if line.hasPrefix(":"), let table = name {
        let words = line.dropFirst().split(separator: " ")
        guard words.count >= 2 else { continue }
        positions[String(words[0])] = chains.count
        chains.append(
          ForeignChain(
            name: String(words[0]), base: base(String(words[0]), table: table, policy: words[1])))
      } else if line.hasPrefix("-A ") {
        let words = IptablesWords.split(line)
        guard words.count >= 2, let position = positions[words[1]] else { continue }
        chains[position].rules.append(
          IptablesRuleReader(words: words[2...], sets: sets).rule(String(line)))
      }
    }
    close()
    return tables
  }

  private var program: String {
    let tool = family == .ipv4 ? "iptables" : "ip6tables"
    return owner == .iptablesLegacy ? "\(tool)-legacy" : "\(tool)-nft"
  }

  /// A policy of `-` is that of a user's chain. Priorities are those of the kernel's tables
  /// (linux/netfilter_ipv4.h, `enum nf_ip_hook_priorities`).
  private func base(_ chain: String, table: String, policy: Substring) -> ForeignChain.Base? {
    guard policy != "-" else { return nil }
    let priorities = ["raw": -300, "mangle": -150, "filter": 0, "security": 50, "nat": 100]
    let hook: ForeignChain.Hook =
      switch chain {
      case "FORWARD": .forward
      case "POSTROUTING": .postrouting
      default: .other
      }
    return ForeignChain.Base(
      hook: hook, priority: priorities[table] ?? 0, drops: policy == "DROP",
      translates: table == "nat")
  }
}

/// The words of a rule, quotes and backslashes resolved as these programs write them.
enum IptablesWords {
  static func split(_ line: some StringProtocol) -> [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    var isEscaped = false
    for character in line {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
        word = word ?? ""
      } else if character == " ", !isQuoted {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }
}

/// One rule. What is not modelled makes a condition that cannot be told.
private struct IptablesRuleReader {
  var words: ArraySlice<String>
  let sets: [String: AddressSet]
  private var conditions: [ForeignRule.Condition] = []
  private var action = ForeignRule.Action.proceed

  init(words: ArraySlice<String>, sets: [String: AddressSet]) {
    self.words = words
    self.sets = sets
  }

  func rule(_ text: String) -> ForeignRule {
    var reader = self
    reader.read()
    return ForeignRule(text: text, conditions: reader.conditions, action: reader.action)
  }

  private mutating func read() {
    var isNegated = false
    while let word = words.popFirst() {
      var test: ForeignRule.Test?
      switch word {
      case "!":
        isNegated = true
        continue
      case "-s", "--source": test = addresses().map { .source($0) } ?? .unknown
      case "-d", "--destination": test = addresses().map { .destination($0) } ?? .unknown
      case "-i": test = .inInterface([pattern()])
      case "-o": test = .outInterface([pattern()])
      case "-m":
        // A match by itself tests nothing that its options do not, but for those without any.
        if let name = words.popFirst(), !Self.matchesByOption.contains(name) { test = .unknown }
      case "--comment": _ = words.popFirst()
      case "--ctstate", "--state": test = .connectionState(includesNew: states().contains("NEW"))
      case "--mark": test = mark()
      case "--dst-type": test = localOnly(.destination)
      case "--src-type": test = localOnly(.source)
      case "--match-set": test = membership()
      case "--limit-iface-in", "--limit-iface-out": break
      case "-g", "--goto": action = words.popFirst().map { .goto($0) } ?? .unknown
      case "-j", "--jump":
        action = words.popFirst().map(target) ?? .unknown
        // What follows are the target's options.
        return add(nil, false)
      default: test = .unknown
      }
      add(test, isNegated)
      isNegated = false
    }
  }

  private mutating func add(_ test: ForeignRule.Test?, _ isNegated: Bool) {
    if let test { conditions.append(ForeignRule.Condition(test, negated: isNegated)) }
  }

  private static let matchesByOption: Set<String> = [
    "comment", "conntrack", "state", "mark", "addrtype", "tcp", "udp", "sctp", "multiport", "set",
    "icmp", "icmp6",
  ]

  private func target(_ name: String) -> ForeignRule.Action {
    switch name {
    case "ACCEPT": .accept
    case "DROP", "REJECT": .drop
    case "RETURN": .return
    case "MASQUERADE", "SNAT", "NETMAP": .translate
    case "MARK": .mark
    // They let the packet go on (iptables-extensions(8)).
    case "LOG", "NFLOG", "CONNMARK", "CT", "NOTRACK", "TCPMSS", "DSCP", "TOS", "TRACE", "SET",
      "CHECKSUM", "CLASSIFY", "AUDIT", "ULOG", "TCPOPTSTRIP", "SECMARK", "CONNSECMARK":
      .proceed
    case "QUEUE", "NFQUEUE": .unknown
    // netpolc's own: what policy decides is nobody else's doing.
    case "NPC-FORWARD": .proceed
    // Every target of the kernel has capitals only; so may chains, which are then among them.
    default: .jump(name)
    }
  }

  private mutating func addresses() -> AddressSet? {
    guard let word = words.popFirst() else { return nil }
    let ranges = word.split(separator: ",").map { part -> AddressRange? in
      if let address = IPAddress(part) { return AddressRange(address) }
      return WrittenPrefix(part)?.prefix.range
    }
    guard ranges.allSatisfy({ $0 != nil }) else { return nil }
    return AddressSet(ranges.compactMap { $0 })
  }

  /// `eth+` is every name that starts so.
  private mutating func pattern() -> String {
    let name = words.popFirst() ?? ""
    return name.hasSuffix("+") ? "\(name.dropLast())*" : name
  }

  private mutating func states() -> [Substring] {
    (words.popFirst() ?? "").split(separator: ",")
  }

  private mutating func mark() -> ForeignRule.Test {
    let parts = (words.popFirst() ?? "").split(separator: "/").map(number)
    guard let first = parts.first, let value = first else { return .unknown }
    guard parts.count > 1 else { return .mark(value: value, mask: .max) }
    return parts[1].map { .mark(value: value, mask: $0) } ?? .unknown
  }

  private func number(_ text: Substring) -> UInt32? {
    text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
  }

  /// A set of addresses, of the source or the destination.
  private mutating func membership() -> ForeignRule.Test {
    let set = words.popFirst().flatMap { sets[$0] }
    switch (set, words.popFirst()) {
    case (let addresses?, "src"): return .source(addresses)
    case (let addresses?, "dst"): return .destination(addresses)
    default: return .unknown
    }
  }

  private mutating func localOnly(_ field: ForeignRule.AddressField) -> ForeignRule.Test {
    words.popFirst() == "LOCAL" ? .isLocal(field) : .unknown
  }
}
