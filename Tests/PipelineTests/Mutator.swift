import Diagnostics
import Manifests
import TestSupport

/// Damages manifests without breaking their syntax: nodes go, come twice, change places and kinds.
struct Mutator: RandomNumberGenerator {
  private var random: SplitMix64
  private let seeds: [JSON]

  init(seed: UInt64, seeds: [JSON]) {
    random = SplitMix64(seed: seed)
    self.seeds = seeds
  }

  mutating func next() -> UInt64 { random.next() }

  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

  /// Some of the seeds, each with some damage: a few, to be quick, and at times enough to meet.
  mutating func documents() -> [JSON] {
    (0...below(below(8) == 0 ? 6 : 2)).map { _ in
      var tree = seeds[below(seeds.count)]
      for _ in 0..<below(3) { damage(&tree) }
      return tree
    }
  }

  private mutating func damage(_ tree: inout JSON) {
    var position = below(tree.nodeCount)
    tree.edit(at: &position) { node in
      switch node {
      case .array(var items) where !items.isEmpty && below(3) > 0:
        let index = below(items.count)
        switch below(5) {
        case 0: items.remove(at: index)
        case 1: items.append(contentsOf: Array(repeating: items[index], count: 1 + below(12)))
        case 2: items.swapAt(index, below(items.count))
        case 3: items.insert(.null, at: index)
        default: items[index] = part()
        }
        node = .array(items)
      case .object(var members) where !members.isEmpty && below(4) > 0:
        let index = below(members.count)
        switch below(5) {
        case 0, 1: members.remove(at: index)
        case 2: members[index].0 = word()
        case 3: members.append((word(), part()))
        default: members[index].1 = part()
        }
        node = .object(members)
      default: node = part()
      }
    }
  }

  /// A scalar, an empty collection, or a node of any seed.
  private mutating func part() -> JSON {
    switch below(10) {
    case 0: return .null
    case 1: return .bool(below(2) == 0)
    case 2: return .integer(fuzzNumbers[below(fuzzNumbers.count)])
    case 3: return .array([])
    case 4: return .object([])
    case 5, 6: return .string(word())
    case 7: return .array([.string(word()), .string(word())])
    default:
      var tree = seeds[below(seeds.count)]
      var position = below(tree.nodeCount)
      var found = JSON.null
      tree.edit(at: &position) { found = $0 }
      return found
    }
  }

  private mutating func word() -> String { fuzzWords[below(fuzzWords.count)] }
}

extension JSON {
  /// A parsed value, without its places.
  init(_ value: ManifestValue) {
    switch value.kind {
    case .null: self = .null
    case .boolean: self = .bool(value.boolean ?? false)
    case .integer: self = .integer(value.integer ?? 0)
    case .number, .string: self = .string(value.text)
    case .sequence: self = .array(value.items.map { JSON($0) })
    case .mapping: self = .object(value.members.map { ($0.key, JSON($0.value)) })
    }
  }

  /// This node and all below it.
  fileprivate var nodeCount: Int {
    switch self {
    case .null, .bool, .integer, .string: 1
    case .array(let items): items.reduce(1) { $0 + $1.nodeCount }
    case .object(let members): members.reduce(1) { $0 + $1.1.nodeCount }
    }
  }

  /// Edits the node that is `position` nodes further on, this one being the first.
  fileprivate mutating func edit(at position: inout Int, _ body: (inout JSON) -> Void) {
    position -= 1
    if position < 0 {
      body(&self)
      return
    }
    switch self {
    case .null, .bool, .integer, .string: return
    case .array(var items):
      for index in items.indices where position >= 0 { items[index].edit(at: &position, body) }
      self = .array(items)
    case .object(var members):
      for index in members.indices where position >= 0 {
        members[index].1.edit(at: &position, body)
      }
      self = .object(members)
    }
  }
}
