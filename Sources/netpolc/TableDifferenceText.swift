import NetSets
import Nftables

/// The differences of one table, each rule and verdict with its source behind.
struct TableDifferenceText {
  let table: TableDifference
  let names: PodNames

  var objects: [ObjectDifference] {
    let chains = table.chains.map {
      object(
        .chain, $0.name, $0.comment, $0.change, removed: $0.removed.map(text),
        added: $0.added.map(text))
    }
    let maps = table.maps.map {
      object(
        .map, $0.name, $0.comment, $0.change, removed: $0.removed.map(text),
        added: $0.added.map(text))
    }
    let sets = table.sets.map {
      object(
        .set, $0.name, $0.comment, $0.change, removed: $0.removed.map(text),
        added: $0.added.map(text))
    }
    return chains + maps + sets
      + table.removedCounters.map {
        object(.counter, $0.name, nil, .removed, removed: [], added: [])
      }
      + table.addedCounters.map { object(.counter, $0.name, nil, .added, removed: [], added: []) }
  }

  private func object(
    _ kind: ObjectDifference.Kind, _ name: String, _ comment: String?, _ change: Change,
    removed: [String], added: [String]
  ) -> ObjectDifference {
    let change: ObjectDifference.Change =
      switch change {
      case .added: .added
      case .removed: .removed
      case .changed: .changed
      }
    return ObjectDifference(
      kind: kind, name: name, comment: comment, change: change, removed: removed, added: added)
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
}
