/// One table as `iptables-save` prints it, or as `iptables-restore` reads it: every chain with its
/// rules as text, whoever they belong to.
package struct SavedTable: Hashable, Sendable {
  /// `filter`, `nat`, …
  package let name: String
  /// In the order of the text.
  package fileprivate(set) var chains: [SavedChain] = []

  fileprivate init(name: String) { self.name = name }

  package func chain(_ name: String) -> SavedChain? { chains.first { $0.name == name } }
}

package struct SavedChain: Hashable, Sendable {
  package let name: String
  /// Built-in chains have a policy, and those that users make have none.
  package let isBuiltIn: Bool
  package fileprivate(set) var rules: [SavedRule] = []
}

package struct SavedRule: Hashable, Sendable {
  /// Without the chain: `-s 10.0.0.1/32 -j DROP`.
  package let text: String
  /// Where it stands, from 1.
  package let line: Int
  /// Whether a text to restore puts it before all others.
  let isInserted: Bool
}

extension SavedTable {
  /// All tables of a text.
  package static func tables(parsing text: String) throws(FilterSyntaxError) -> [SavedTable] {
    var reader = SavedTableReader()
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      do throws(Unreadable) {
        try reader.read(line, number: index + 1)
      } catch {
        throw FilterSyntaxError(line: index + 1, message: error.message)
      }
    }
    guard reader.table == nil else {
      throw FilterSyntaxError(line: 1, message: "the last table has no COMMIT")
    }
    return reader.tables
  }
}

private struct SavedTableReader {
  var tables: [SavedTable] = []
  /// The one between `*name` and `COMMIT`.
  var table: SavedTable?
  /// Of its chains by name.
  private var indexes: [Substring: Int] = [:]

  mutating func read(_ line: Substring, number: Int) throws(Unreadable) {
    if line.isEmpty || line.hasPrefix("#") { return }
    if line.hasPrefix("*") {
      guard table == nil else { throw Unreadable(message: "a table inside another") }
      table = SavedTable(name: String(line.dropFirst()))
      indexes = [:]
      return
    }
    guard var open = table else { throw Unreadable(message: "a line outside of any table") }
    if line == "COMMIT" {
      tables.append(open)
      table = nil
      return
    }
    // Moved out, so that appending copies nothing.
    table = nil
    defer { table = open }
    if line.hasPrefix(":") {
      let words = line.dropFirst().split(separator: " ")
      guard words.count >= 2 else { throw Unreadable(message: "a chain without its policy") }
      guard indexes[words[0]] == nil else {
        throw Unreadable(message: "the chain \(words[0]) is there twice")
      }
      indexes[words[0]] = open.chains.count
      open.chains.append(SavedChain(name: String(words[0]), isBuiltIn: words[1] != "-"))
      return
    }
    try addRule(line, number: number, to: &open)
  }

  /// `-A CHAIN …`, or `-I CHAIN …` of a text to restore, which puts it first.
  private mutating func addRule(
    _ line: Substring, number: Int, to table: inout SavedTable
  ) throws(Unreadable) {
    let words = line.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0] == "-A" || words[0] == "-I" else {
      throw Unreadable(message: "neither a chain nor a rule: \(line.prefix(80))")
    }
    let isBuiltIn = Hook(rawValue: String(words[1])) != nil
    if indexes[words[1]] == nil, isBuiltIn {
      // A text to restore need not declare built-in chains.
      indexes[words[1]] = table.chains.count
      table.chains.append(SavedChain(name: String(words[1]), isBuiltIn: true))
    }
    guard let index = indexes[words[1]] else {
      throw Unreadable(message: "a rule of a chain that is not there: \(words[1])")
    }
    let text = words.count > 2 ? String(words[2]) : ""
    let rule = SavedRule(text: text, line: number, isInserted: words[0] == "-I")
    let position = rule.isInserted ? 0 : table.chains[index].rules.count
    table.chains[index].rules.insert(rule, at: position)
  }
}
