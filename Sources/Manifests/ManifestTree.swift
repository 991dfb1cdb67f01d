/// One value, or one key, of a parsed file. The nodes of a file are an array in source order: a
/// collection is followed by what is in it, a mapping's keys by their values.
struct Node {
  enum Shape: UInt8 {
    case null
    case boolean
    case integer
    case number
    case string
    case sequence
    case mapping
    /// Stands for another node, which is not an alias.
    case alias
  }

  struct Flags: OptionSet {
    let rawValue: UInt8
    /// The text is in the tree's `decoded`, not in its source.
    static let decoded = Flags(rawValue: 1)
    /// A merge key: it and its value are no member.
    static let hidden = Flags(rawValue: 2)
    /// An alias that a merge key made; it is not in the source.
    static let merged = Flags(rawValue: 4)
  }

  var shape: Shape
  var flags: Flags
  /// A scalar's offset of its text; a collection's index past its last node; an alias' target.
  var start: UInt32
  /// A scalar's bytes of text; a collection's items or members.
  var length: UInt32
  var place: Place

  var isCollection: Bool { shape == .sequence || shape == .mapping }
}

/// All values of a file.
final class ManifestTree: Sendable {
  let path: String
  let nodes: [Node]
  /// The file, if nodes refer to it.
  let source: [UInt8]
  /// Text that is not in the source as it is meant.
  let decoded: [UInt8]

  init(path: String, nodes: [Node], source: [UInt8], decoded: [UInt8]) {
    self.path = path
    self.nodes = nodes
    self.source = source
    self.decoded = decoded
  }

  /// `index`, or what it stands for.
  func target(_ index: UInt32) -> UInt32 {
    let node = nodes[Int(index)]
    return node.shape == .alias ? node.start : index
  }

  /// The index of the node after `index` and all that is in it.
  func next(after index: UInt32) -> UInt32 {
    let node = nodes[Int(index)]
    return node.isCollection ? node.start : index + 1
  }

  /// Whether a key is a merge key, which with its value is no member.
  func isHidden(_ key: UInt32) -> Bool { nodes[Int(key)].flags.contains(.hidden) }

  /// The UTF-8 text of a scalar, which is valid during `body`.
  func withText<Result>(
    _ node: Node, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    (node.flags.contains(.decoded) ? decoded : source).withUnsafeBufferPointer { bytes in
      body(.init(rebasing: bytes[Int(node.start)..<Int(node.start) + Int(node.length)]))
    }
  }

  func string(_ node: Node) -> String { withText(node) { String(decoding: $0, as: UTF8.self) } }

  func textEquals(_ node: Node, _ other: StaticString) -> Bool {
    guard Int(node.length) == other.utf8CodeUnitCount else { return false }
    return withText(node) { text in
      other.withUTF8Buffer { wanted in
        for index in 0..<min(text.count, wanted.count) where text[index] != wanted[index] {
          return false
        }
        return text.count == wanted.count
      }
    }
  }
}
