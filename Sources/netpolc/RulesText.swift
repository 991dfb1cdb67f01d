/// The text of a file of rules, as netpolc wrote it or `nft list` printed it.
struct RulesText {
  private let lines: [Substring]

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Whether it starts as rules do, or is what nft lists where there are none.
  var looksLikeRules: Bool {
    let first = lines.first { line in
      let word = line.first { $0 != " " && $0 != "\t" }
      return word != nil && word != "#"
    }
    guard let first else { return true }
    return ["table ", "add table ", "delete table "].contains { first.hasPrefix($0) }
  }

  /// Our tables alone: a node's listing has those of others too, which need not be understood. The
  /// lines keep their numbers.
  var own: String {
    var isForeign = false
    let kept = lines.map { line -> Substring in
      if line.hasPrefix("table ") {
        isForeign = !["ip", "ip6", "bridge"].contains { line.hasPrefix("table \($0) netpolc ") }
      }
      let result = isForeign ? "" : line
      if line == "}" { isForeign = false }
      return result
    }
    return kept.joined(separator: "\n")
  }
}
