import Diagnostics

/// What is in a sequence or a mapping.
extension ManifestValue {
  /// The items of a sequence, the members of a mapping; 0 for scalars.
  package var count: Int {
    let node = tree.nodes[Int(index)]
    return node.isCollection ? Int(node.length) : 0
  }

  /// The items of a sequence, in order; none for other kinds.
  package var items: Items {
    let range = children(of: .sequence)
    return Items(tree: tree, range: range, underestimatedCount: range.isEmpty ? 0 : count)
  }

  /// The members of a mapping: those written in it, in order, then those of its merge keys. No two
  /// have the same key. None for other kinds.
  package var members: Members {
    let range = children(of: .mapping)
    return Members(tree: tree, range: range, underestimatedCount: range.isEmpty ? 0 : count)
  }

  /// The value of the member `key` of a mapping; nil if there is none. Looks at one key after the
  /// other and allocates nothing.
  package subscript(key: StaticString) -> ManifestValue? {
    let range = children(of: .mapping)
    var index = range.lowerBound
    while index < range.upperBound {
      let node = tree.nodes[Int(tree.target(index))]
      if tree.textEquals(node, key), !tree.isHidden(index) { return ManifestValue(tree, index + 1) }
      index = tree.next(after: index + 1)
    }
    return nil
  }

  private func children(of shape: Node.Shape) -> Range<UInt32> {
    let node = tree.nodes[Int(index)]
    return node.shape == shape ? index + 1..<node.start : index..<index
  }

  package struct Items: Sequence, Sendable {
    let tree: ManifestTree
    let range: Range<UInt32>
    package let underestimatedCount: Int

    package func makeIterator() -> Iterator { Iterator(tree: tree, range: range) }

    package struct Iterator: IteratorProtocol {
      let tree: ManifestTree
      var range: Range<UInt32>

      package mutating func next() -> ManifestValue? {
        guard let index = range.first else { return nil }
        range = tree.next(after: index)..<range.upperBound
        return ManifestValue(tree, index)
      }
    }
  }

  package struct Members: Sequence, Sendable {
    let tree: ManifestTree
    let range: Range<UInt32>
    package let underestimatedCount: Int

    package func makeIterator() -> Iterator { Iterator(tree: tree, range: range) }

    package struct Iterator: IteratorProtocol {
      let tree: ManifestTree
      var range: Range<UInt32>

      package mutating func next() -> Member? {
        while let key = range.first {
          range = tree.next(after: key + 1)..<range.upperBound
          if !tree.isHidden(key) { return Member(tree: tree, index: key) }
        }
        return nil
      }
    }
  }

  /// A key and its value.
  package struct Member: Sendable {
    let tree: ManifestTree
    /// The key's node; its value's follows.
    let index: UInt32

    private var keyNode: Node { tree.nodes[Int(tree.target(index))] }

    /// The key as text: a key that is no string is named by its spelling.
    package var key: String { tree.string(keyNode) }

    /// Whether the key is `other`; allocates nothing.
    package func keyEquals(_ other: StaticString) -> Bool { tree.textEquals(keyNode, other) }

    package var keyLocation: SourceLocation { tree.location(keyNode) }

    package var value: ManifestValue { ManifestValue(tree, index + 1) }
  }
}
