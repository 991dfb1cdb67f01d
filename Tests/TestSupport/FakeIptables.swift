import Iptables
import NetSets

/// A node's iptables and ipset without a kernel: takes what is sent, as the tools read it, and lists
/// what it holds. It refuses what they refuse, and has rules of others.
package struct FakeIptables {
  private var chains: [Place: [String: [String]]] = [:]
  private var sets: [String: FakeSet] = [:]

  private struct Place: Hashable {
    let family: IPFamily
    let table: TableName
  }

  private struct FakeSet {
    let type: String
    var elements: [String] = []
  }

  package struct Refusal: Error {
    package let line: String
    package let reason: String
  }

  package init() {
    for family in IPFamily.allCases {
      for table in TableName.allCases {
        chains[Place(family: family, table: table)] = Dictionary(
          uniqueKeysWithValues: Self.builtIn(table).map { ($0, []) })
      }
    }
  }

  private static func builtIn(_ table: TableName) -> [String] {
    switch table {
    case .filter: ["INPUT", "FORWARD", "OUTPUT"]
    case .nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]
    }
  }

  /// Rules of a built-in chain.
  package func rules(_ family: IPFamily, _ hook: Hook) -> [String] {
    chains[Place(family: family, table: hook.table)]?[hook.rawValue] ?? []
  }

  /// Puts in a rule of somebody else, or takes one away.
  package mutating func edit(
    _ family: IPFamily, _ hook: Hook, _ body: (inout [String]) -> Void
  ) {
    body(
      &chains[Place(family: family, table: hook.table), default: [:]][hook.rawValue, default: []])
  }

  package func listing() throws -> FilterListing {
    var texts: [IPFamily: [TableName: String]] = [:]
    for (place, chains) in chains {
      let names = chains.keys.sorted()
      let builtIn = Self.builtIn(place.table)
      let lines =
        names.map { ":\($0) \(builtIn.contains($0) ? "ACCEPT" : "-") [0:0]" }
        + names.flatMap { name in (chains[name] ?? []).map { "-A \(name) \($0)" } }
      texts[place.family, default: [:]][place.table] =
        "*\(place.table.rawValue)\n" + lines.map { $0 + "\n" }.joined() + "COMMIT\n"
    }
    let saved = sets.sorted { $0.key < $1.key }.flatMap { name, set in
      ["create \(name) \(set.type)"] + set.elements.map { "add \(name) \($0)" }
    }
    return try FilterListing(rules: texts, sets: saved.map { $0 + "\n" }.joined())
  }

  /// As `ipset -exist restore`.
  package mutating func restoreSets(_ text: String) throws {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      func refuse(_ reason: String) -> Refusal { Refusal(line: String(line), reason: reason) }
      let name = words[1]
      if words[0] == "create" {
        if let there = sets[name], there.type != words[2] { throw refuse("of another type") }
        sets[name] = sets[name] ?? FakeSet(type: words[2])
        continue
      }
      guard sets[name] != nil else { throw refuse("there is no such set") }
      switch words[0] {
      case "add": sets[name]?.elements.append(words[2])
      case "flush": sets[name]?.elements = []
      case "swap":
        guard let other = sets[words[2]] else { throw refuse("there is no such set") }
        (sets[words[2]], sets[name]) = (sets[name], other)
      case "destroy":
        let isNamed = chains.values.contains {
          $0.values.joined().contains { $0.contains(" \(name) ") }
        }
        if isNamed { throw refuse("it is in use") }
        sets[name] = nil
      default: throw refuse("no command of ipset")
      }
    }
  }

  /// As `iptables-restore --noflush`: each table at its `COMMIT`.
  /// - Parameter committed: called after each.
  package mutating func restoreRules(
    _ family: IPFamily, _ text: String, committed: (FakeIptables) throws -> Void = { _ in }
  ) throws {
    var place: Place?
    var open: [String: [String]] = [:]
    for line in text.split(separator: "\n") {
      func refuse(_ reason: String) -> Refusal { Refusal(line: String(line), reason: reason) }
      if line.hasPrefix("*") {
        guard let table = TableName(rawValue: String(line.dropFirst())) else {
          throw refuse("no table")
        }
        place = Place(family: family, table: table)
        open = chains[Place(family: family, table: table)] ?? [:]
        continue
      }
      guard let table = place else { throw refuse("outside of a table") }
      if line == "COMMIT" {
        for rule in open.values.joined() { try check(rule, open, line) }
        chains[table] = open
        place = nil
        try committed(self)
        continue
      }
      if line.hasPrefix(":") {
        open[String(line.dropFirst().prefix { $0 != " " })] = []
        continue
      }
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard words.count > 1, let rules = open[words[1]] else { throw refuse("no such chain") }
      switch words[0] {
      case "-A": open[words[1]] = rules + [words[2]]
      case "-I": open[words[1]] = [words[2]] + rules
      case "-D":
        guard let index = rules.firstIndex(of: words[2]) else { throw refuse("no such rule") }
        open[words[1]]?.remove(at: index)
      case "-F": open[words[1]] = []
      case "-X":
        let isNamed = open.values.joined().contains { $0.hasSuffix(" \(words[1])") }
        if isNamed || !rules.isEmpty { throw refuse("it is in use") }
        open[words[1]] = nil
      default: throw refuse("no command of iptables")
      }
    }
    if place != nil { throw Refusal(line: "", reason: "no COMMIT") }
  }

  /// Whether what a rule names is there.
  private func check(_ rule: String, _ chains: [String: [String]], _ line: Substring) throws {
    let words = rule.split(separator: " ").map(String.init)
    for (word, next) in zip(words, words.dropFirst()) {
      if word == "--match-set", sets[next] == nil {
        throw Refusal(line: rule, reason: "there is no set \(next)")
      }
      if ["-j", "-g"].contains(word), next.hasPrefix(PacketFilter.chainPrefix), chains[next] == nil
      {
        throw Refusal(line: rule, reason: "there is no chain \(next)")
      }
    }
  }
}
