import Nftables

extension RulesetDifference {
  /// A line each for what is not the same.
  var lines: [String] {
    tables.flatMap { table in
      table.chains.map {
        "\(table.family.nftName) chain \($0.name) \($0.change): "
          + "\($0.removed.count) rules to go, \($0.added.count) to come"
      }
        + table.sets.map {
          "\(table.family.nftName) set \($0.name) \($0.change): \($0.removed) to go, "
            + "\($0.added) to come"
        }
        + table.maps.map {
          "\(table.family.nftName) map \($0.name) \($0.change): \($0.removed.map(\.address)) to go, "
            + "\($0.added.map(\.address)) to come"
        }
    }
  }
}
