/// An object's labels, sorted by key. Objects have a handful of them, so that an array is both
/// smaller and quicker than a dictionary.
package struct Labels: Hashable, Sendable {
  package let pairs: [Pair]

  package struct Pair: Hashable, Sendable {
    package let key: String
    package let value: String

    package init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  package static let none = Labels([])

  /// Pairs in any order; of several with one key the first counts.
  package init(_ pairs: [Pair]) {
    var sorted = pairs
    sorted.sort { $0.key < $1.key }
    if zip(sorted, sorted.dropFirst()).contains(where: { $0.key == $1.key }) {
      var unique: [Pair] = []
      for pair in sorted where unique.last?.key != pair.key { unique.append(pair) }
      sorted = unique
    }
    self.pairs = sorted
  }

  package subscript(key: String) -> String? {
    for pair in pairs where pair.key == key { return pair.value }
    return nil
  }

  /// With `key` set to `value`, whatever it was before.
  package func setting(_ key: String, _ value: String) -> Labels {
    Labels([Pair(key: key, value: value)] + pairs.filter { $0.key != key })
  }
}
