/// Which chains a chain can lead to.
struct JumpGraph {
  private let targets: [String: [String]]
  /// The most jumps and gotos that can follow one another.
  private(set) var depth = 0
  /// A chain that leads to itself.
  private(set) var loop: String?

  init(_ table: Table) {
    let mapTargets = Dictionary(
      table.maps.map { map in (map.name, Set(map.elements.compactMap(\.verdict.chain))) }
    ) { first, _ in first }
    var targets: [String: [String]] = [:]
    for chain in table.chains {
      var reached: Set<String> = []
      for rule in chain.rules {
        if let target = rule.verdict?.chain { reached.insert(target) }
        if let map = rule.verdict?.map { reached.formUnion(mapTargets[map] ?? []) }
      }
      targets[chain.name] = Array(reached)
    }
    self.targets = targets
    var depths: [String: Int] = [:]
    for chain in table.chains where loop == nil {
      measure(from: chain.name, &depths)
    }
  }

  /// Depth first, without recursion: a chain of gotos may be as long as the input.
  private mutating func measure(from start: String, _ depths: inout [String: Int]) {
    guard depths[start] == nil else { return }
    var open: Set<String> = [start]
    var stack: [(chain: String, remaining: ArraySlice<String>)] = [
      (start, (targets[start] ?? [])[...])
    ]
    while let (chain, remaining) = stack.last {
      if let target = remaining.first {
        stack[stack.count - 1].remaining = remaining.dropFirst()
        if open.contains(target) {
          loop = target
          return
        }
        if depths[target] == nil {
          open.insert(target)
          stack.append((target, (targets[target] ?? [])[...]))
        }
      } else {
        let deepest = (targets[chain] ?? []).map { 1 + (depths[$0] ?? 0) }.max() ?? 0
        depths[chain] = deepest
        depth = max(depth, deepest)
        open.remove(chain)
        stack.removeLast()
      }
    }
  }
}

extension Verdict {
  /// The chain that a jump or goto names.
  var chain: String? {
    switch self {
    case .jump(let chain), .goto(let chain): chain
    case .accept, .drop, .return, .lookup, .rejectTCP, .rejectProhibited, .translate: nil
    }
  }

  /// The map that a lookup names.
  var map: String? {
    switch self {
    case .lookup(_, let map): map
    case .accept, .drop, .return, .jump, .goto, .rejectTCP, .rejectProhibited, .translate: nil
    }
  }
}
