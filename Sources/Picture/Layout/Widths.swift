/// The horizontal half: how wide lanes, gaps, blocks and columns are, and where that puts them.
extension Draft {
  mutating func placeColumns(_ graph: BlockGraph) {
    for slot in slots {
      guard case .node(let node) = slot.content else { continue }
      lanes[slot.lane].width = max(lanes[slot.lane].width, graph.sizes[node].width)
    }
    for gap in gaps.indices { gaps[gap].width = width(ofGap: gap, graph.graph) }
    for block in blocks.indices { blocks[block].width = width(of: blocks[block], graph.graph) }
    var x = 0.0
    for column in columns.indices {
      gaps[column].x = x
      x = gaps[column].right
      let widest = columns[column].map { blocks[$0].width }.max() ?? 0
      for block in columns[column] { place(block, x: x, width: widest) }
      x += widest
    }
    gaps[columns.count].x = x
    width = gaps[columns.count].right
  }

  /// Wide enough for the longest label beside some curve, and for curves not to be walls.
  private func width(ofGap gap: Int, _ graph: Graph) -> Double {
    let isInner = gap > columns.count
    let isOuter = gap == 0 || gap == columns.count
    let links = gaps[gap].links
    if links.isEmpty {
      let isLast = isInner && isLastLane(gap - columns.count - 1)
      return isOuter || isLast ? 0 : 40
    }
    let label = links.map { graph.edges[self.links[$0].edge].labelWidth }.max() ?? 0
    let steepest = links.map { abs(y(self.links[$0].from) - y(self.links[$0].to)) }.max() ?? 0
    return (label + 40 + min(40, Double(links.count)) + min(50, steepest / 10)).rounded()
  }

  private func isLastLane(_ lane: Int) -> Bool {
    lane == blocks[lanes[lane].block].lanes.upperBound - 1
  }

  private func width(of block: DraftBlock, _ graph: Graph) -> Double {
    guard let content = block.block else { return 0 }
    let grid =
      content.grid.isEmpty
      ? 0
      : Double(content.gridColumns) * (content.cell.width + Measures.gridGap) - Measures.gridGap
    let inner = max(lanesWidth(of: block), grid)
    guard let group = content.group else { return inner }
    let label = min(TextStyle.group.width(of: graph.groups[group].label), Measures.groupLabelWidth)
    return max(inner, label) + 2 * Measures.groupPadding
  }

  private func lanesWidth(of block: DraftBlock) -> Double {
    block.lanes.reduce(0) { $0 + lanes[$1].width + gaps[gap(rightOfLane: $1)].width }
  }

  /// In the middle of its column.
  private mutating func place(_ block: Int, x: Double, width: Double) {
    blocks[block].x = x + ((width - blocks[block].width) / 2).rounded()
    var left =
      blocks[block].x + ((blocks[block].width - lanesWidth(of: blocks[block])) / 2).rounded()
    for lane in blocks[block].lanes {
      let gap = gap(rightOfLane: lane)
      lanes[lane].x = left
      gaps[gap].x = left + lanes[lane].width
      left = gaps[gap].right
    }
  }

  /// The boxes of nodes and of groups, by their numbers.
  func boxes(_ graph: BlockGraph) -> (nodes: [Rectangle], groups: [Rectangle]) {
    let nothing = Rectangle(x: 0, y: 0, width: 0, height: 0)
    var nodes = graph.graph.nodes.map { _ in nothing }
    var groups = graph.graph.groups.map { _ in nothing }
    for slot in slots {
      guard case .node(let node) = slot.content else { continue }
      nodes[node] = Rectangle(
        x: lanes[slot.lane].x, y: slot.y - slot.down, width: lanes[slot.lane].width,
        height: 2 * slot.down)
    }
    for block in blocks {
      guard let content = block.block else { continue }
      if let group = content.group {
        groups[group] = Rectangle(
          x: block.x, y: block.top, width: block.width, height: block.height)
      }
      let step = Size(
        width: content.cell.width + Measures.gridGap,
        height: content.cell.height + Measures.gridGap)
      let gridWidth = Double(content.gridColumns) * step.width - Measures.gridGap
      let padding = content.group == nil ? 0 : Measures.groupPadding
      let rows = (content.grid.count + content.gridColumns - 1) / content.gridColumns
      let top =
        block.top + block.height - padding - Double(rows) * step.height + Measures.gridGap
      let left = block.x + ((block.width - gridWidth) / 2).rounded()
      for (index, node) in content.grid.enumerated() {
        nodes[node] = Rectangle(
          x: left + Double(index % content.gridColumns) * step.width,
          y: top + Double(index / content.gridColumns) * step.height, width: content.cell.width,
          height: content.cell.height)
      }
    }
    return (nodes, groups)
  }
}
