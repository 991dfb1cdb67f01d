import NetSets

/// What differs between two bridge tables, as lines of their listings.
package struct BridgeDifference: Sendable {
  /// Whether the table is only on one side, or on both and not the same.
  package let change: Change
  package let objects: [Object]

  package struct Object: Sendable {
    package let kind: Kind
    package let name: String
    package let comment: String
    package let change: Change
    package let removed: [String]
    package let added: [String]
  }

  package enum Kind: String, Hashable, Sendable {
    case chain
    case set
  }
}

extension BridgeTable {
  /// What leads from one table, or none, to another; nil when they do the same.
  static func difference(from old: BridgeTable?, to new: BridgeTable?) -> BridgeDifference? {
    if old == nil, new == nil { return nil }
    let change: Change = old == nil ? .added : new == nil ? .removed : .changed
    func object(
      _ kind: BridgeDifference.Kind, _ name: String, _ comment: String,
      _ lines: (BridgeTable) -> [String]
    ) -> BridgeDifference.Object? {
      let before = old.map(lines) ?? []
      let after = new.map(lines) ?? []
      if change == .changed, before == after { return nil }
      var (removed, added): ([String], [String]) = ([], [])
      for step in after.difference(from: before) {
        switch step {
        case .remove(_, let line, _): removed.append(line)
        case .insert(_, let line, _): added.append(line)
        }
      }
      // Removals are reported from the end.
      return BridgeDifference.Object(
        kind: kind, name: name, comment: comment, change: change, removed: removed.reversed(),
        added: added)
    }
    let chains = BridgeChain.allCases.map { chain in
      object(.chain, chain.rawValue, chain.comment) { $0.rules(of: chain).map(\.text) }
    }
    let ports = object(.set, portSet, portSetComment) { $0.ports }
    let senders = IPFamily.allCases.map { family in
      object(.set, senderSet(family), senderSetComment(family)) { table in
        table.senders.filter { $0.address.family == family }.map(\.text)
      }
    }
    let objects = (chains + [ports] + senders).compactMap(\.self)
    if change == .changed, objects.isEmpty { return nil }
    return BridgeDifference(change: change, objects: objects)
  }
}
