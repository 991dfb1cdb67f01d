import Diagnostics

/// A node of a parsed document: a cheap view that shares its file's tree. An alias is seen as the
/// value it stands for, at that value's place.
package struct ManifestValue: Sendable {
  package enum Kind: Sendable {
    case null
    case boolean
    case integer
    /// A number with a fraction or an exponent, an infinity, or not a number.
    case number
    case string
    case sequence
    case mapping
  }

  let tree: ManifestTree
  let index: UInt32

  /// - Parameter index: a node of `tree`, possibly an alias.
  init(_ tree: ManifestTree, _ index: UInt32) {
    self.tree = tree
    self.index = tree.target(index)
  }

  private var node: Node { tree.nodes[Int(index)] }

  package var kind: Kind {
    switch node.shape {
    case .boolean: .boolean
    case .integer: .integer
    case .number: .number
    case .string: .string
    case .sequence: .sequence
    case .mapping: .mapping
    case .null, .alias: .null
    }
  }

  /// Where the value starts; in YAML, its anchor or tag belongs to it.
  package var location: SourceLocation { tree.location(node) }

  /// The same value in a file that is called `path`: what an object of an answer is called is known
  /// when it has been read.
  package func inFile(_ path: String) -> ManifestValue {
    ManifestValue(
      ManifestTree(
        path: path, nodes: tree.nodes, source: tree.source, decoded: tree.decoded), index)
  }

  /// A string's text, and the spelling in the source of other scalars ("true", "0x50"). Empty for
  /// null and collections.
  package var text: String {
    isTextual ? tree.string(node) : ""
  }

  /// Whether `text` is `other`; allocates nothing.
  package func textEquals(_ other: StaticString) -> Bool {
    isTextual ? tree.textEquals(node, other) : other.utf8CodeUnitCount == 0
  }

  /// The value of an integer (`0x50` is 80, `010` is 8, `1_000` is 1000); nil for other kinds, and
  /// for integers that do not fit in 64 bits.
  package var integer: Int? {
    guard node.shape == .integer else { return nil }
    return tree.withText(node) { PlainScalar.integer($0)?.value }
  }

  /// The value of a boolean (`yes` and `on` are true); nil for other kinds.
  package var boolean: Bool? {
    guard node.shape == .boolean else { return nil }
    return tree.withText(node) { PlainScalar.isTrue($0) }
  }

  private var isTextual: Bool {
    switch node.shape {
    case .boolean, .integer, .number, .string: true
    case .null, .sequence, .mapping, .alias: false
    }
  }
}

extension ManifestTree {
  func location(_ node: Node) -> SourceLocation {
    SourceLocation(file: path, line: Int(node.place.line), column: Int(node.place.column))
  }
}
