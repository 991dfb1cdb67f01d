/// Heights of slots, of blocks and of the whole, and how far from each other things must be.
extension Draft {
  /// Gives each slot and block its height and everything a first place.
  mutating func stack(_ graph: BlockGraph) {
    var loops = Array(repeating: 0, count: graph.graph.nodes.count)
    for edge in graph.graph.edges where edge.from == edge.to { loops[edge.from] += 1 }
    let parallels = graph.graph.parallels
    for slot in slots.indices {
      guard case .node(let node) = slots[slot].content else { continue }
      let ports = max(slots[slot].left.count, slots[slot].right.count)
      let wished = min(Double(ports + 1) * Measures.portGap, Measures.tallestNode)
      let height = max(
        graph.sizes[node].height, wished, Double(parallels[node] - 1) * Measures.labelledGap + 14)
      slots[slot].down = height / 2
      slots[slot].up = height / 2
      if loops[node] > 0 {
        slots[slot].up += Measures.loopHeight + Measures.loopGap * Double(loops[node] - 1)
      }
    }
    for block in blocks.indices {
      if let content = blocks[block].block {
        let rows = (content.grid.count + content.gridColumns - 1) / content.gridColumns
        let step = content.cell.height + Measures.gridGap
        blocks[block].header = content.group == nil ? 0 : Measures.groupHeader
        blocks[block].footer = content.group == nil ? 0 : Measures.groupPadding
        if rows > 0 {
          let gap =
            content.lanes.isEmpty
            ? -Measures.gridGap : Measures.nodeGap.height - Measures.gridGap
          blocks[block].footer += Double(rows) * step + gap
        }
      }
    }
    measure()
    for column in columns.indices {
      settleBlocks(inColumn: column, wishes: columns[column].map { _ in 0 })
    }
    for lane in lanes.indices { settle(lane: lane, sides: []) }
  }

  /// Gives each block, and the whole, the height that the present order needs: a track beside a
  /// node keeps more distance than one beside a track.
  mutating func measure() {
    for block in blocks.indices {
      blocks[block].lanesHeight =
        blocks[block].lanes.map { lane in
          distances(inLane: lane).reduce(0, +)
            + (lanes[lane].slots.last.map { slots[$0].down } ?? 0)
        }.max() ?? 0
    }
    height =
      columns.indices.map { column in
        blockDistances(inColumn: column).reduce(0, +)
          + (columns[column].last.map { blocks[$0].height } ?? 0)
      }.max() ?? 0
  }

  /// From the middle of each slot to the one above; for the first, to the top of the block.
  func distances(inLane lane: Int) -> [Double] {
    var before: Int?
    return lanes[lane].slots.map { slot in
      defer { before = slot }
      guard let before else { return slots[slot].up }
      return slots[before].down + gap(between: before, and: slot) + slots[slot].up
    }
  }

  private func gap(between first: Int, and second: Int) -> Double {
    switch (isTrack(first), isTrack(second)) {
    case (true, true): trackGap
    case (false, false): Measures.nodeGap.height
    case (true, false), (false, true): 6 + trackGap
    }
  }

  /// Tracks come closer where there are many.
  private var trackGap: Double { max(3, min(10, 1500 / Double(max(1, slots.count)))) }

  /// From the top of each block to the top of the one above; 0 for the first.
  private func blockDistances(inColumn column: Int) -> [Double] {
    var before: Int?
    return columns[column].map { block in
      defer { before = block }
      guard let before else { return 0 }
      return blocks[before].height + gap(betweenBlocks: before, and: block)
    }
  }

  private func gap(betweenBlocks first: Int, and second: Int) -> Double {
    if blocks[first].isBundle, blocks[second].isBundle { return trackGap }
    if blocks[first].isBundle || blocks[second].isBundle { return 6 + trackGap }
    return blocks[first].isFramed || blocks[second].isFramed ? 26 : Measures.nodeGap.height
  }

  /// Moves the slots of a lane to where their links on `sides` are straight, as far as there is
  /// room, in their order.
  mutating func settle(lane: Int, sides: [Side]) {
    let block = blocks[lanes[lane].block]
    let members = lanes[lane].slots
    guard let first = members.first, let last = members.last else { return }
    let wishes = members.map { slot in
      straightPlace(of: slot, sides: sides) ?? (y: slots[slot].y, weight: 0.1)
    }
    let top = block.top + block.header
    let places = spaced(
      wishes: wishes.map(\.y), weights: wishes.map(\.weight), distances: distances(inLane: lane),
      within: top
        + slots[first].up...max(
          top + slots[first].up, top + block.lanesHeight - slots[last].down))
    for (slot, y) in zip(members, places) { slots[slot].y = y }
  }

  /// Moves the blocks of a column, with what is in them.
  mutating func settleBlocks(inColumn column: Int, wishes: [Double]) {
    let members = columns[column]
    guard let last = members.last else { return }
    let tops = spaced(
      wishes: wishes, weights: members.map { blocks[$0].isBundle ? 0.3 : 1 },
      distances: blockDistances(inColumn: column),
      within: 0...max(0, height - blocks[last].height))
    for (block, top) in zip(members, tops) {
      let shift = top - blocks[block].top
      blocks[block].top = top
      for lane in blocks[block].lanes {
        for slot in lanes[lane].slots { slots[slot].y += shift }
      }
    }
  }
}
