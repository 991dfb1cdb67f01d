import Diagnostics
import NetSets
import Nftables

/// The differences of one table, line by line: `+` and `-` in front, the source behind.
struct TableDifferenceText {
  let table: TableDifference
  let names: PodNames

  var lines: [String] {
    var lines: [String] = []
    for chain in table.chains {
      lines.append(heading("chain", chain.name, chain.comment, chain.change))
      lines += chain.removed.map { "-   \(text($0))" } + chain.added.map { "+   \(text($0))" }
    }
    for map in table.maps {
      lines.append(heading("map", map.name, map.comment, map.change))
      lines += map.removed.map { "-   \(text($0))" } + map.added.map { "+   \(text($0))" }
    }
    for set in table.sets {
      let count = max(set.added.count, set.removed.count)
      let size = set.change == .changed ? "" : "  \(count) element\(count == 1 ? "" : "s")"
      lines.append(heading("set", set.name, set.comment, set.change) + size)
      lines += set.removed.map { "-   \(text($0))" } + set.added.map { "+   \(text($0))" }
    }
    lines += table.removedCounters.map { "- counter \($0.name)" }
    lines += table.addedCounters.map { "+ counter \($0.name)" }
    return lines
  }

  private func heading(_ kind: String, _ name: String, _ comment: String?, _ change: Change)
    -> String
  {
    let sign =
      switch change {
      case .added: "+"
      case .removed: "-"
      case .changed: " "
      }
    return "\(sign) \(kind) \(name)\(comment.map { "   \($0)" } ?? "")"
  }

  private func text(_ rule: Rule) -> String {
    let body = Rule(rule.matches, rule.statements, rule.verdict).text(family: table.family)
    return rule.comment.map { "\(body)   \($0)" } ?? body
  }

  private func text(_ element: VerdictElement) -> String {
    let verdict = Rule([], [], element.verdict).text(family: table.family)
    return "\(element.address) : \(verdict)\(element.comment.map { "   \($0)" } ?? "")"
  }

  private func text(_ element: SetElement) -> String {
    switch element {
    case .address(let address): "\(address)\(name(address))"
    case .endpoint(let key):
      "\(key.address) . \(key.transport.nftName) . \(key.port)\(name(key.address))"
    case .range(let range): text(range)
    }
  }

  private func text(_ range: AddressRange) -> String {
    if let prefix = range.prefix { return prefix.shortText }
    let lower = IPAddress(family: range.family, bits: range.lower)
    return "\(lower)-\(IPAddress(family: range.family, bits: range.upper))"
  }

  private func name(_ address: IPAddress) -> String { names[address].map { "   \($0)" } ?? "" }

  var json: JSON {
    func object(
      _ kind: String, _ name: String, _ change: Change, removed: [String], added: [String]
    ) -> JSON {
      [
        "kind": .string(kind), "name": .string(name), "change": .string(change.rawValue),
        "removed": .array(removed.map { .string($0) }),
        "added": .array(added.map { .string($0) }),
      ]
    }
    let chains = table.chains.map {
      object("chain", $0.name, $0.change, removed: $0.removed.map(text), added: $0.added.map(text))
    }
    let maps = table.maps.map {
      object("map", $0.name, $0.change, removed: $0.removed.map(text), added: $0.added.map(text))
    }
    let sets = table.sets.map {
      object("set", $0.name, $0.change, removed: $0.removed.map(text), added: $0.added.map(text))
    }
    let counters =
      table.removedCounters.map { object("counter", $0.name, .removed, removed: [], added: []) }
      + table.addedCounters.map { object("counter", $0.name, .added, removed: [], added: []) }
    return [
      "family": .string(table.family.nftName), "objects": .array(chains + maps + sets + counters),
    ]
  }
}
