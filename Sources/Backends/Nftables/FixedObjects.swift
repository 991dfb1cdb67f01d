import NetSets
import Nftables
import PolicyModel

/// What a family's table holds whatever pods and policies there are.
package struct FixedObjects {
  private let family: IPFamily
  private let comment: String
  private let counters: [NamedCounter]
  private let sets: [NamedSet]
  private let chains: [Chain]
  private let options: NftablesOptions

  package init(_ family: IPFamily, _ enforcement: Enforcement, _ options: NftablesOptions) {
    let masquerade = options.masquerade.flatMap { MasqueradeLowering($0, family).objects() }
    let spoofing = options.antiSpoofing?.routedChain
    self.family = family
    self.options = options
    comment = options.tableComment
    counters =
      Static.counters(enforcement) + (spoofing == nil ? [] : [AntiSpoofing.counter])
    sets = [Static.dropSet] + (masquerade?.sets ?? [])
    chains =
      Static.hooks(family, enforcement) + [spoofing, masquerade?.chain].compactMap(\.self)
      + Static.shared(family, enforcement, options)
  }

  /// - Parameters:
  ///   - sets: sorted by name.
  ///   - audited: the directions in which any policy is tried.
  package func table(
    maps: [VerdictMap], sets: [NamedSet], chains: [Chain], audited: Set<Direction>
  ) -> Table {
    let auditing = Direction.allCases.filter(audited.contains).map {
      Chain.auditing($0, options)
    }
    return Table(
      family: family, name: Names.table, comment: comment, counters: counters, maps: maps,
      sets: sets + self.sets, chains: self.chains + auditing + chains)
  }
}
