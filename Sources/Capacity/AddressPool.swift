/// The addresses that ipamd has got for a node, and which of them pods have.
package struct AddressPool: Hashable, Sendable {
  package struct Interface: Hashable, Sendable {
    /// The instance starts with it, and it is never detached.
    package let isPrimary: Bool
    /// Attached within the last minute, in which it is not detached (`minENILifeTime`).
    var isYoung: Bool
    /// How many addresses of each secondary address or prefix pods have.
    fileprivate(set) var assigned: [Int] = []

    package var blocks: Int { assigned.count }
    /// How many pods have an address of it.
    package var pods: Int { assigned.reduce(0, +) }
    var hasPods: Bool { pods > 0 }
    var freeBlocks: Int { assigned.count { $0 == 0 } }
  }

  /// As they were attached. ipamd keeps them in a map, whose order is another each time.
  package private(set) var interfaces = [Interface(isPrimary: true, isYoung: false)]
  package let blockSize: Int

  package init(blockSize: Int) { self.blockSize = blockSize }

  /// Secondary addresses or prefixes.
  package var blocks: Int { interfaces.reduce(0) { $0 + $1.blocks } }
  package var freeBlocks: Int { interfaces.reduce(0) { $0 + $1.freeBlocks } }
  package var total: Int { blocks * blockSize }
  package var assigned: Int { interfaces.reduce(0) { $0 + $1.pods } }
  /// Those of deleted pods among them, although they rest for 30 seconds before the next pod.
  package var available: Int { total - assigned }

  // MARK: Pods

  /// The first free address is the next pod's.
  /// - Returns: whether there was one.
  mutating func assign() -> Bool {
    for index in interfaces.indices {
      if let block = interfaces[index].assigned.firstIndex(where: { $0 < blockSize }) {
        interfaces[index].assigned[block] += 1
        return true
      }
    }
    return false
  }

  /// The last address that a pod has is free.
  mutating func unassign() {
    for index in interfaces.indices.reversed() {
      if let block = interfaces[index].assigned.lastIndex(where: { $0 > 0 }) {
        interfaces[index].assigned[block] -= 1
        return
      }
    }
  }

  // MARK: Interfaces and blocks

  mutating func attach(blocks: Int) {
    interfaces.append(
      Interface(
        isPrimary: false, isYoung: true, assigned: Array(repeating: 0, count: blocks)))
  }

  mutating func detach(_ index: Int) { interfaces.remove(at: index) }

  mutating func add(_ blocks: Int, to index: Int) {
    interfaces[index].assigned += Array(repeating: 0, count: blocks)
  }

  /// Gives back free blocks, of the last interface first.
  mutating func release(_ blocks: Int) {
    var left = blocks
    for index in interfaces.indices.reversed() {
      while left > 0, let free = interfaces[index].assigned.lastIndex(of: 0) {
        interfaces[index].assigned.remove(at: free)
        left -= 1
      }
    }
  }

  /// A minute goes by.
  mutating func age() {
    for index in interfaces.indices { interfaces[index].isYoung = false }
  }

  var hasYoung: Bool { interfaces.contains { $0.isYoung } }
}
