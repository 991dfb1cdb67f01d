extension Target {
  /// Where it leads.
  var chain: String? {
    switch self {
    case .jump(let chain), .goto(let chain): chain
    case .return, .drop, .rejectTCP, .rejectProhibited, .log, .translate: nil
    }
  }
}

extension OwnTable {
  /// A chain that leads back to itself, if there is one: the kernel refuses it (ELOOP).
  var loop: String? {
    let next = Dictionary(chains.map { ($0.name, $0.rules.compactMap(\.target.chain)) }) {
      first, _ in first
    }
    var finished: Set<String> = []
    for start in chains.map(\.name) where !finished.contains(start) {
      // The way down from `start`, each chain with what is left to look at.
      var way = [(name: start, left: next[start] ?? [])]
      while let last = way.last {
        guard let target = last.left.last else {
          finished.insert(last.name)
          way.removeLast()
          continue
        }
        way[way.count - 1].left.removeLast()
        if way.contains(where: { $0.name == target }) { return target }
        if !finished.contains(target) { way.append((target, next[target] ?? [])) }
      }
    }
    return nil
  }
}
