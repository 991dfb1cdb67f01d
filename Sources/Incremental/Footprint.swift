import Backends
import NetSets
import Nftables
import PolicyModel

/// What one pod puts into sets and maps.
struct Footprint {
  static let none = Footprint(addresses: [], memberships: [], verdicts: [:])

  let addresses: [IPAddress]
  /// The peers in use that it is one of.
  let memberships: [PeerSet.ID]
  /// Of both families; empty for a pod of another node.
  let verdicts: [Direction: [VerdictElement]]
}

/// The elements that go and come, for many pods together: what one leaves and another takes is no
/// change.
struct ElementChanges<Key: Hashable, Element: Hashable> {
  private(set) var removed: [Key: Set<Element>] = [:]
  private(set) var added: [Key: Set<Element>] = [:]

  var keys: Set<Key> { Set(removed.keys).union(added.keys) }

  mutating func remove(_ element: Element, from key: Key) {
    if added[key]?.remove(element) == nil { removed[key, default: []].insert(element) }
  }

  mutating func add(_ element: Element, to key: Key) {
    if removed[key]?.remove(element) == nil { added[key, default: []].insert(element) }
  }
}
