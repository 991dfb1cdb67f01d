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
      route(from: slotOfNode[edge.from], to: slotOfNode[edge.to], bundles: &bundles)
    }
  }

  /// Adds the links of the last edge.
  private mutating func route(from: Int, to: Int, bundles: inout Bundles) {
    let (source, target) = (slots[from].lane, slots[to].lane)
    let (left, right) = (blocks[lanes[source].block], blocks[lanes[target].block])
    var way = Way(slot: from)
    if left.lanes == right.lanes {
      if source == target {
        let turnsLeft = source > left.lanes.lowerBound && source == left.lanes.upperBound - 1
        let side: Side = turnsLeft ? .left : .right
        return link(
          &way, side, side, to: to, through: gap(rightOfLane: turnsLeft ? source - 1 : source))
      }
      let exit: Side = source < target ? .right : .left
      for lane in lanes(between: source, and: target) {
        follow(&way, exit, exit.opposite, lane, through: innerGap(exit.opposite, of: lane))
      }
      return link(
        &way, exit, exit.opposite, to: to, through: innerGap(exit.opposite, of: target))
    }

    let (exit, entry) = sides(from: source, to: target)
    let border = exit == .right ? left.lanes.upperBound : left.lanes.lowerBound - 1
    for lane in lanes(between: source, and: border) {
      follow(&way, exit, exit.opposite, lane, through: innerGap(exit.opposite, of: lane))
    }
    for column in lanes(between: left.column, and: right.column) {
      let lane = bundle(
        in: column, between: lanes[source].block, and: lanes[target].block, &bundles)
      follow(
        &way, exit, exit.opposite, lane, through: exit == .right ? column : column + 1)
    }
    var leaving = exit
    var gap = entry == .left ? right.column : right.column + 1
    let door = entry == .left ? right.lanes.lowerBound - 1 : right.lanes.upperBound
    for lane in lanes(between: door, and: target) {
      follow(&way, leaving, entry, lane, through: gap)
      leaving = entry.opposite
      gap = entry == .left ? self.gap(rightOfLane: lane) : self.gap(rightOfLane: lane - 1)
    }
    link(&way, leaving, entry, to: to, through: gap)
  }

  /// On which sides an edge between two blocks leaves the one and enters the other.
  private func sides(from source: Int, to target: Int) -> (exit: Side, entry: Side) {
    let (left, right) = (blocks[lanes[source].block], blocks[lanes[target].block])
    if left.column < right.column { return (.right, .left) }
    if left.column > right.column { return (.left, .right) }
    let lanesAtLeft = source - left.lanes.lowerBound + target - right.lanes.lowerBound
    let lanesAtRight = left.lanes.upperBound - source + right.lanes.upperBound - target - 2
    return lanesAtLeft < lanesAtRight ? (.left, .left) : (.right, .right)
  }

  /// The numbers strictly between two, in the direction from the first to the second.
  private func lanes(between first: Int, and last: Int) -> [Int] {
    first < last
      ? Array((first..<last).dropFirst()) : Array((last..<max(first, last)).dropFirst().reversed())
  }

  private func innerGap(_ side: Side, of lane: Int) -> Int {
    switch side {
    case .left: gap(rightOfLane: lane - 1)
    case .right: gap(rightOfLane: lane)
    }
  }

  /// Where an edge has got to.
  private struct Way {
    var slot: Int
  }

  /// Takes the last edge on through a new track.
  private mutating func follow(
    _ way: inout Way, _ exit: Side, _ entry: Side, _ lane: Int, through gap: Int
  ) {
    lanes[lane].slots.append(slots.count)
    slots.append(Slot(content: .track, lane: lane))
    link(&way, exit, entry, to: slots.count - 1, through: gap)
  }

  private mutating func link(
    _ way: inout Way, _ exit: Side, _ entry: Side, to slot: Int, through gap: Int
  ) {
    let number = links.count
    links.append(
      Link(
        edge: routes.count - 1, from: End(slot: way.slot, side: exit),
        to: End(slot: slot, side: entry), gap: gap))
    routes[routes.count - 1].append(number)
    gaps[gap].links.append(number)
    for end in [links[number].from, links[number].to] {
      switch end.side {
      case .left: slots[end.slot].left.append(number)
      case .right: slots[end.slot].right.append(number)
      }
    }
    way.slot = slot
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
