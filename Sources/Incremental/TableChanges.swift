import Backends
import Diagnostics
import NetSets
import Nftables
import PolicyModel

/// What a batch of changes changes in the tables.
extension NodeCompiler {
  /// What changed in one table, with all that touched pods bring.
  mutating func follow(
    _ old: TableState, _ new: TableState,
    _ touched: [(PodID, before: Footprint, after: Footprint)]
  ) -> (before: Table, after: Table) {
    let family = new.family
    var before = Table(family: family, name: "netpolc", comment: nil)
    var after = before
    before.chains = old.chains(missingIn: new, selectors.selectors, &names)
    after.chains = new.chains(missingIn: old, selectors.selectors, &names)
    before.chains += old.audited.subtracting(new.audited).map { .auditing($0, options) }
    after.chains += new.audited.subtracting(old.audited).map { .auditing($0, options) }
    var peers = ElementChanges<PeerSet.ID, IPAddress>()
    var verdicts = ElementChanges<Direction, VerdictElement>()
    for (_, was, isNow) in touched {
      for address in was.addresses where address.family == family {
        for id in was.memberships { peers.remove(address, from: id) }
      }
      for address in isNow.addresses where address.family == family {
        for id in isNow.memberships { peers.add(address, to: id) }
      }
      for direction in Direction.allCases {
        for element in was.verdicts[direction] ?? [] where element.address.family == family {
          verdicts.remove(element, from: direction)
        }
        for element in isNow.verdicts[direction] ?? [] where element.address.family == family {
          verdicts.add(element, to: direction)
        }
      }
    }
    for direction in Direction.allCases where verdicts.keys.contains(direction) {
      before.maps.append(.dispatch(direction, elements: verdicts.removed[direction] ?? []))
      after.maps.append(.dispatch(direction, elements: verdicts.added[direction] ?? []))
    }
    followPeers(old, new, peers, &before, &after)
    for (name, ranges) in old.uses.blocks where new.uses.blocks[name] == nil {
      before.sets.append(.blocks(ranges, named: name))
    }
    for (name, ranges) in new.uses.blocks where old.uses.blocks[name] == nil {
      after.sets.append(.blocks(ranges, named: name))
    }
    return (before, after)
  }

  private mutating func followPeers(
    _ old: TableState, _ new: TableState, _ changes: ElementChanges<PeerSet.ID, IPAddress>,
    _ before: inout Table, _ after: inout Table
  ) {
    for id in old.uses.peers.subtracting(new.uses.peers) {
      before.sets.append(.peers(selectors.selectors[id], [], names: &names))
    }
    for id in new.uses.peers.subtracting(old.uses.peers) {
      after.sets.append(peerSet(id, new.family))
    }
    for id in changes.keys where old.uses.peers.contains(id) && new.uses.peers.contains(id) {
      let selector = selectors.selectors[id]
      let (removed, added) = (changes.removed[id] ?? [], changes.added[id] ?? [])
      before.sets.append(.peers(selector, Array(removed), names: &names))
      after.sets.append(.peers(selector, Array(added), names: &names))
    }
  }

  mutating func peerSet(_ id: PeerSet.ID, _ family: IPFamily) -> NamedSet {
    let selector = selectors.selectors[id]
    let addresses = pods.pods(matching: selector).flatMap { pods.addresses(of: $0) }
    return .peers(selector, addresses.filter { $0.family == family }, names: &names)
  }
}
