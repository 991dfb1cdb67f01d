import Analysis
import Diagnostics
import Masquerade
import NetSets
import Nftables
import PolicyModel

/// What `diff` prints.
struct DifferenceReport {
  let from: String
  let to: String
  let node: String?
  let rules: RulesetDifference
  /// nil when meaning was not asked for.
  let meaning: [MeaningDifference]?
  /// Who leaves the node by another source; nil when that was not asked for.
  let sources: [MasqueradeDifference]?
  let names: PodNames

  func text(hasColour: Bool, countsOnly: Bool) -> String {
    if rules.isEmpty { return "no difference\n" }
    var lines: [String] = []
    if !countsOnly {
      let tables = rules.tables.map { table in
        (table.family.nftName, TableDifferenceText(table: table, names: names).lines)
      }
      let bridge = rules.bridge.map { ("bridge", $0.lines) }
      for (family, text) in tables + [bridge].compactMap(\.self) {
        let place = node.map { " on \($0)" } ?? ""
        lines += ["\(family) netpolc\(place)    \(from) -> \(to)", ""]
        lines += text
        lines.append("")
      }
    }
    lines.append(counts)
    if let meaning { lines += meaningLines(meaning) }
    if let sources { lines += sourceLines(sources) }
    let coloured = hasColour ? lines.map(colour) : lines
    return coloured.joined(separator: "\n") + "\n"
  }

  private var counts: String {
    let tables = rules.tables
    let chains = tables.flatMap(\.chains)
    let bridged = rules.bridge?.objects ?? []
    let bridgeSets = bridged.filter { $0.kind == .set }
    let bridgeChains = bridged.filter { $0.kind == .chain }
    let added =
      chains.reduce(0) { $0 + $1.added.count } + bridgeChains.reduce(0) { $0 + $1.added.count }
    let removed =
      chains.reduce(0) { $0 + $1.removed.count } + bridgeChains.reduce(0) { $0 + $1.removed.count }
    func count(_ changes: [Change]) -> String {
      let parts = [(Change.added, "+"), (.removed, "-"), (.changed, "~")].compactMap {
        change, sign in
        let count = changes.count { $0 == change }
        return count > 0 ? "\(sign)\(count)" : nil
      }
      return parts.isEmpty ? "0" : parts.joined(separator: " ")
    }
    return
      "rules +\(added) -\(removed), chains \(count(chains.map(\.change) + bridgeChains.map(\.change))), "
      + "sets \(count(tables.flatMap(\.sets).map(\.change) + bridgeSets.map(\.change))), "
      + "maps \(count(tables.flatMap(\.maps).map(\.change)))."
  }

  private func meaningLines(_ meaning: [MeaningDifference]) -> [String] {
    if meaning.isEmpty { return ["Same meaning: every packet gets the same verdict."] }
    let shown = 20
    var lines = ["The meaning differs:"]
    for difference in meaning.prefix(shown) {
      let side = difference.direction == .ingress ? "from" : "to"
      let head =
        "\(difference.pod) \(difference.direction.rawValue) \(side) \(text(difference.peers))"
      if !difference.gained.isEmpty { lines.append("+ \(head): \(difference.gained)") }
      if !difference.lost.isEmpty { lines.append("- \(head): \(difference.lost)") }
    }
    if meaning.count > shown {
      lines.append("  and \(meaning.count - shown) more; -o json has them all")
    }
    return lines
  }

  private func sourceLines(_ sources: [MasqueradeDifference]) -> [String] {
    if sources.isEmpty { return ["Same sources: every connection leaves by the same address."] }
    return ["Connections leave by other sources:"]
      + sources.map { difference in
        let example = difference.example.map { ", such as \($0)" } ?? ""
        return "~ \(text(difference.sources)) to \(text(difference.destinations))\(example): "
          + "\(difference.before) -> \(difference.after)"
      }
  }

  /// The first ranges, and how many more there are.
  private func text(_ set: AddressSet) -> String {
    let ranges = set.ranges.flatMap(\.prefixes).map(\.shortText)
    let more = ranges.count > 6 ? " and \(ranges.count - 6) more" : ""
    return ranges.prefix(6).joined(separator: ", ") + more
  }

  private func text(_ range: AddressRange) -> String {
    let lower = IPAddress(family: range.family, bits: range.lower)
    if range.lower == range.upper { return names[lower].map { "\($0) (\(lower))" } ?? "\(lower)" }
    if let prefix = range.prefix { return prefix.description }
    return "\(lower)-\(IPAddress(family: range.family, bits: range.upper))"
  }

  private func colour(_ line: String) -> String {
    if line.hasPrefix("+") { return "\u{1b}[32m\(line)\u{1b}[0m" }
    return line.hasPrefix("-") ? "\u{1b}[31m\(line)\u{1b}[0m" : line
  }

  var json: JSON {
    var members: [(String, JSON)] = [
      ("schema", "netpolc.diff/v1"),
      ("from", .string(from)),
      ("to", .string(to)),
      ("node", node.map { .string($0) } ?? .null),
      ("tables", .array(rules.json(names))),
    ]
    if let meaning {
      members.append(("sameMeaning", .bool(meaning.isEmpty)))
      members.append(
        (
          "meaning",
          .array(
            meaning.map { difference in
              [
                "pod": .string(difference.pod),
                "address": .string(difference.address.description),
                "direction": .string(difference.direction.rawValue),
                "peers": .string(text(difference.peers)),
                "gained": .string(difference.gained.description),
                "lost": .string(difference.lost.description),
              ]
            })
        ))
    }
    if let sources {
      func ranges(_ set: AddressSet) -> JSON {
        .array(set.ranges.flatMap(\.prefixes).map { .string($0.description) })
      }
      members.append(
        (
          "sources",
          .array(
            sources.map { difference in
              [
                "from": ranges(difference.sources), "to": ranges(difference.destinations),
                "before": .string(difference.before.description),
                "after": .string(difference.after.description),
                "example": difference.example.map { .string($0) } ?? .null,
              ]
            })
        ))
    }
    return .object(members)
  }
}
