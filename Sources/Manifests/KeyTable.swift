/// A set of keys, by their text, that is used for one mapping after the other without clearing it.
struct KeyTable {
  private struct Slot {
    var generation: UInt32
    var node: UInt32
  }

  private var slots: [Slot] = []
  private var generation: UInt32 = 0

  /// Starts an empty set that has room for `count` keys.
  mutating func begin(count: Int) {
    generation &+= 1
    var capacity = max(slots.count, 32)
    while capacity < 2 * count { capacity *= 2 }
    if capacity > slots.count || generation == 0 {
      generation = 1
      slots = Array(repeating: Slot(generation: 0, node: 0), count: capacity)
    }
  }

  /// Adds the key at `node`, unless its text is there: then that key's node. There must be room.
  mutating func insert(
    _ node: UInt32, in nodes: [Node], _ texts: TreeBuilder.Texts
  ) -> UInt32? {
    func text(of index: UInt32) -> UnsafeBufferPointer<UInt8> {
      let node = nodes[Int(index)]
      return texts.text(of: node.shape == .alias ? nodes[Int(node.start)] : node)
    }
    let added = text(of: node)
    // Swift's hash is seeded for each process, so no file can choose keys that collide.
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(added))
    let mask = slots.count - 1
    var slot = hasher.finalize() & mask
    while slots[slot].generation == generation {
      if hasSameBytes(added, text(of: slots[slot].node)) { return slots[slot].node }
      slot = (slot + 1) & mask
    }
    slots[slot] = Slot(generation: generation, node: node)
    return nil
  }
}

func hasSameBytes(
  _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
) -> Bool {
  guard left.count == right.count else { return false }
  for index in 0..<left.count where left[index] != right[index] { return false }
  return true
}
