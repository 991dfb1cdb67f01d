import Nftables

extension Ruleset {
  /// Whether sources are translated by these rules, or kept from being so.
  package var translates: Bool {
    tables.flatMap(\.chains).contains { $0.base?.type == .nat }
  }

  /// The same rules, by which connections leave as by others: for when it is not known how they
  /// should.
  package func translating(as held: Ruleset) -> Ruleset {
    Ruleset(
      tables: tables.map { table in
        var table = table
        let others = held.tables.filter { $0.family == table.family }
        let chains = others.flatMap(\.chains).filter { $0.base?.type == .nat }
        let named = Set(chains.flatMap(\.rules).flatMap(\.matches).compactMap(\.setName))
        table.chains.removeAll { $0.base?.type == .nat }
        table.chains += chains
        table.sets.removeAll { named.contains($0.name) }
        table.sets += others.flatMap(\.sets).filter { named.contains($0.name) }
        return table
      }, bridge: bridge)
  }
}
