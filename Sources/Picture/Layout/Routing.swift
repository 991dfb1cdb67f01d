extension Draft {
  /// The parts of a picture, and a way for each edge, but no coordinates yet.
  init(_ graph: BlockGraph) {
    columns = stackedColumns(of: graph.blocks(columnOfBlock: nil), arcs: graph.arcs)
    var columnOfBlock = Array(repeating: 0, count: graph.members.count)
    for (column, blocks) in columns.enumerated() {
      for block in blocks { columnOfBlock[block] = column }
    }
    var slotOfNode = Array(repeating: 0, count: graph.graph.nodes.count)
    for (index, block) in graph.blocks(columnOfBlock: columnOfBlock).enumerated() {
      let first = lanes.count
      blocks.append(
        DraftBlock(
          block: block, column: columnOfBlock[index], lanes: first..<first + block.lanes.count))
      for nodes in block.lanes {
        for node in nodes {
          slotOfNode[node] = slots.count
          slots.append(Slot(content: .node(node), lane: lanes.count))
        }
        lanes.append(Lane(block: index, slots: nodes.map { slotOfNode[$0] }))
      }
    }
    gaps = Array(repeating: Gap(), count: columns.count + 1 + lanes.count)
    var bundles = Bundles()
    for edge in graph.graph.edges {
      routes.append([])
      if edge.from == edge.to { continue }
      let (from, to) = (slotOfNode[edge.from], slotOfNode[edge.to])
      follow(steps(from: slots[from].lane, to: slots[to].lane, &bundles), from: from, to: to)
    }
  }

  /// From one lane to the next: out on one side, through a gap, and in on a side.
  private struct Step {
    let exit: Side
    let gap: Int
    let lane: Int
    let entry: Side
  }

  private mutating func steps(from source: Int, to target: Int, _ bundles: inout Bundles) -> [Step]
  {
    let (sourceBlock, targetBlock) = (lanes[source].block, lanes[target].block)
    let (start, end) = (blocks[sourceBlock], blocks[targetBlock])
    if source == target {
      // Out of the block only where it has no other gap.
      let isLast = source == start.lanes.upperBound - 1 && start.lanes.count > 1
      let side: Side = isLast ? .left : .right
      return [Step(exit: side, gap: gap(side, ofLane: source), lane: target, entry: side)]
    }
    if sourceBlock == targetBlock {
      return straightOn(source < target ? .right : .left, numbers(after: source, through: target))
    }
    let (exit, entry) = sides(from: source, to: target)
    var steps = straightOn(exit, numbers(after: source, through: start.lane(at: exit)))
    for column in numbers(after: start.column, through: end.column).dropLast() {
      let lane = bundle(in: column, between: sourceBlock, and: targetBlock, &bundles)
      let gap = gap(exit.opposite, ofColumn: column)
      steps.append(Step(exit: exit, gap: gap, lane: lane, entry: exit.opposite))
    }
    let door = end.lane(at: entry)
    steps.append(
      Step(exit: exit, gap: gap(entry, ofColumn: end.column), lane: door, entry: entry))
    return steps + straightOn(entry.opposite, numbers(after: door, through: target))
  }

  /// Through lanes of one block.
  private func straightOn(_ exit: Side, _ lanes: [Int]) -> [Step] {
    lanes.map {
      Step(exit: exit, gap: gap(exit.opposite, ofLane: $0), lane: $0, entry: exit.opposite)
    }
  }

  /// On which sides an edge between two blocks leaves the one and enters the other.
  private func sides(from source: Int, to target: Int) -> (exit: Side, entry: Side) {
    let (start, end) = (blocks[lanes[source].block], blocks[lanes[target].block])
    if start.column < end.column { return (.right, .left) }
    if start.column > end.column { return (.left, .right) }
    let lanesAtLeft = source - start.lane(at: .left) + target - end.lane(at: .left)
    let lanesAtRight = start.lane(at: .right) - source + end.lane(at: .right) - target
    return lanesAtLeft < lanesAtRight ? (.left, .left) : (.right, .right)
  }

  /// Adds the links of the last edge, and a track in each lane that it passes.
  private mutating func follow(_ steps: [Step], from source: Int, to target: Int) {
    var here = source
    for (index, step) in steps.enumerated() {
      var next = target
      if index < steps.count - 1 {
        next = slots.count
        slots.append(Slot(content: .track, lane: step.lane))
        lanes[step.lane].slots.append(next)
      }
      let number = links.count
      let (from, to) = (End(slot: here, side: step.exit), End(slot: next, side: step.entry))
      links.append(Link(edge: routes.count - 1, from: from, to: to, gap: step.gap))
      routes[routes.count - 1].append(number)
      gaps[step.gap].links.append(number)
      for end in [from, to] {
        switch end.side {
        case .left: slots[end.slot].left.append(number)
        case .right: slots[end.slot].right.append(number)
        }
      }
      here = next
    }
  }

  /// The lanes of tracks past a column: what goes between the same two blocks stays together.
  private typealias Bundles = [BundleKey: Int]

  private struct BundleKey: Hashable {
    let column: Int
    let ends: Set<Int>
  }

  private mutating func bundle(
    in column: Int, between first: Int, and second: Int, _ bundles: inout Bundles
  ) -> Int {
    let key = BundleKey(column: column, ends: [first, second])
    if let lane = bundles[key] { return lane }
    let lane = lanes.count
    bundles[key] = lane
    columns[column].append(blocks.count)
    lanes.append(Lane(block: blocks.count))
    gaps.append(Gap())
    blocks.append(DraftBlock(block: nil, column: column, lanes: lane..<lane + 1))
    return lane
  }
}

extension Draft.DraftBlock {
  /// Its first or last lane.
  fileprivate func lane(at side: Draft.Side) -> Int {
    switch side {
    case .left: lanes.lowerBound
    case .right: lanes.upperBound - 1
    }
  }
}

/// Counts from one number to another, up or down.
private func numbers(after first: Int, through last: Int) -> [Int] {
  if first == last { return [] }
  return first < last ? Array(first + 1...last) : (last...first - 1).reversed()
}
