import Backends
import Diagnostics
import NetSets
import Nftables
import PolicyModel

/// What one pod puts into sets and maps.
struct Footprint {
  static let none = Footprint(pod: nil, addresses: [], memberships: [], verdicts: [:])

  /// Which pod, of all that ever had its name; nil for none.
  let pod: Identity?
  let addresses: [IPAddress]
  /// The peers in use that it is one of.
  let memberships: [PeerSet.ID]
  /// Of both families; empty for a pod of another node.
  let verdicts: [Direction: [VerdictElement]]
  /// Whether the pod is one of the node's own.
  var isLocal = false

  struct Identity: Hashable {
    let reference: ObjectReference
    let created: String
  }
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
