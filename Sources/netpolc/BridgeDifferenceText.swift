import Diagnostics
import Nftables

extension BridgeDifference {
  /// Line by line, as those of other tables.
  var lines: [String] {
    objects.flatMap { object -> [String] in
      let sign =
        switch object.change {
        case .added: "+"
        case .removed: "-"
        case .changed: " "
        }
      return ["\(sign) \(object.kind.rawValue) \(object.name)   \(object.comment)"]
        + object.removed.map { "-   \($0)" } + object.added.map { "+   \($0)" }
    }
  }

  /// As `TableDifferenceText.json`.
  var json: JSON {
    let objects = objects.map { object -> JSON in
      [
        "kind": .string(object.kind.rawValue), "name": .string(object.name),
        "change": .string(object.change.rawValue),
        "removed": .array(object.removed.map { .string($0) }),
        "added": .array(object.added.map { .string($0) }),
      ]
    }
    return ["family": "bridge", "objects": .array(objects)]
  }
}

extension RulesetDifference {
  /// A member for each table that differs.
  func json(_ names: PodNames) -> [JSON] {
    tables.map { TableDifferenceText(table: $0, names: names).json }
      + [bridge?.json].compactMap(\.self)
  }
}
