import Diagnostics

/// The nodes of a file while it is read, for the readers of both formats.
struct TreeBuilder {
  typealias Text = UnsafeBufferPointer<UInt8>

  /// A key whose mapping has it already.
  struct Duplicate {
    let first: UInt32
    let second: UInt32
  }

  let source: Text
  let limits: ManifestLimits
  var nodes: [Node] = []
  var decoded: [UInt8] = []
  /// The documents' roots.
  var roots: [UInt32] = []
  private(set) var duplicates: [Duplicate] = []
  private var keys = KeyTable()

  /// Members up to which a mapping's keys are compared each with each.
  private static let fewMembers: UInt32 = 10

  init(source: Text, limits: ManifestLimits) {
    self.source = source
    self.limits = limits
    // About what manifests need. Memory that is not written costs nothing.
    nodes.reserveCapacity(source.count / 16 + 16)
  }

  var nextIndex: UInt32 { UInt32(truncatingIfNeeded: nodes.count) }

  /// Adds a node and returns its index.
  @inline(__always)
  mutating func append(
    _ shape: Node.Shape, _ flags: Node.Flags = [], start: Int = 0, length: Int = 0, at place: Place
  ) -> UInt32 {
    let index = nextIndex
    nodes.append(
      Node(
        shape: shape, flags: flags, start: UInt32(truncatingIfNeeded: start),
        length: UInt32(truncatingIfNeeded: length), place: place))
    return index
  }

  /// Ends a sequence: all nodes after it are in it.
  mutating func closeSequence(_ index: UInt32, count: UInt32) {
    nodes[Int(index)].start = nextIndex
    nodes[Int(index)].length = count
  }

  /// Ends a mapping without merge keys, and finds its duplicate keys.
  mutating func closeMapping(_ index: UInt32, count: UInt32) {
    closeSequence(index, count: count)
    guard count > 1 else { return }
    withTexts { builder, texts in
      if count <= Self.fewMembers {
        builder.compareKeys(of: index, texts)
      } else {
        builder.beginKeys(count: Int(count))
        var key = index + 1
        while key < builder.nextIndex {
          if let first = builder.insertKey(key, texts) { builder.noteDuplicate(of: first, key) }
          key = builder.next(after: key + 1)
        }
      }
    }
  }

  private mutating func compareKeys(of index: UInt32, _ texts: Texts) {
    var key = next(after: index + 2)
    while key < nextIndex {
      let text = texts.text(of: nodes[Int(target(key))])
      var earlier = index + 1
      while earlier < key {
        if hasSameBytes(texts.text(of: nodes[Int(target(earlier))]), text) {
          noteDuplicate(of: earlier, key)
          break
        }
        earlier = next(after: earlier + 1)
      }
      key = next(after: key + 1)
    }
  }

  mutating func beginKeys(count: Int) { keys.begin(count: count) }

  /// The key that has the text of `key` since `beginKeys`; if there is none, `key` is from now on.
  mutating func insertKey(_ key: UInt32, _ texts: Texts) -> UInt32? {
    keys.insert(key, in: nodes, texts)
  }

  mutating func noteDuplicate(of first: UInt32, _ second: UInt32) {
    if duplicates.count < limits.duplicateReports {
      duplicates.append(Duplicate(first: first, second: second))
    }
  }

  func target(_ index: UInt32) -> UInt32 {
    nodes[Int(index)].shape == .alias ? nodes[Int(index)].start : index
  }

  func next(after index: UInt32) -> UInt32 {
    nodes[Int(index)].isCollection ? nodes[Int(index)].start : index + 1
  }

  /// The texts of nodes, valid during `body`, which must not add text.
  mutating func withTexts<Failure: Error>(
    _ body: (inout TreeBuilder, Texts) throws(Failure) -> Void
  ) throws(Failure) {
    let decoded = decoded
    try decoded.withUnsafeBufferPointer { (decoded) throws(Failure) in
      try body(&self, Texts(source: source, decoded: decoded))
    }
  }

  struct Texts {
    fileprivate let source: Text
    fileprivate let decoded: Text

    /// - Parameter node: a scalar.
    func text(of node: Node) -> Text {
      let text = node.flags.contains(.decoded) ? decoded : source
      return Text(rebasing: text[Int(node.start)..<Int(node.start) + Int(node.length)])
    }
  }
}
