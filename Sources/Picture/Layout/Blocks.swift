/// Nodes that stand together: a group, or a node without one. Those with edges stand in lanes, from
/// left to right; those without in a grid below them.
struct Block {
  let group: Int?
  var lanes: [[Int]]
  let grid: [Int]
  /// The width and height of a cell, and how many stand beside each other.
  let cell: Size
  let gridColumns: Int
  /// As far as it is known before edges are routed.
  let size: Size
}

/// A graph's blocks and what connects them.
struct BlockGraph {
  let graph: Graph
  let sizes: [Size]
  /// The nodes of each block, in order.
  let members: [[Int]]
  let groups: [Int?]
  let blockOfNode: [Int]
  private let isConnected: [Bool]

  init(_ graph: Graph) {
    self.graph = graph
    var sizes = graph.nodes.map(Measures.size)
    for edge in graph.edges where edge.from == edge.to {
      // A loop's label has no other place than above its node.
      sizes[edge.from].width = max(sizes[edge.from].width, edge.labelWidth)
    }
    self.sizes = sizes
    var isConnected = Array(repeating: false, count: graph.nodes.count)
    for edge in graph.edges {
      isConnected[edge.from] = true
      isConnected[edge.to] = true
    }
    var members: [[Int]] = graph.groups.map { _ in [] }
    var groups: [Int?] = graph.groups.indices.map { $0 }
    var loose: [Int] = []
    for node in graph.nodes.indices {
      if let group = graph.groupOfNode[node] {
        members[group].append(node)
      } else if isConnected[node] {
        members.append([node])
        groups.append(nil)
      } else {
        loose.append(node)
      }
    }
    if !loose.isEmpty {
      members.append(loose)
      groups.append(nil)
    }
    var blockOfNode = Array(repeating: 0, count: graph.nodes.count)
    for (block, nodes) in members.enumerated() {
      for node in nodes { blockOfNode[node] = block }
    }
    self.members = members
    self.groups = groups
    self.blockOfNode = blockOfNode
    self.isConnected = isConnected
  }

  /// How many edges lead from one block to another.
  var arcs: [Arc] {
    var counts: [[Int]: Int] = [:]
    for edge in graph.edges where blockOfNode[edge.from] != blockOfNode[edge.to] {
      counts[[blockOfNode[edge.from], blockOfNode[edge.to]], default: 0] += 1
    }
    return counts.map { Arc(from: $0.key[0], to: $0.key[1], weight: $0.value) }
      .sorted { ($0.from, $0.to) < ($1.from, $1.to) }
  }

  /// The blocks with their nodes in lanes.
  ///
  /// - Parameter columnOfBlock: where blocks stand, once that is known: nodes with edges to the
  ///   right then go to the right.
  func blocks(columnOfBlock: [Int]?) -> [Block] {
    var pull = Array(repeating: 0, count: graph.nodes.count)
    var inner: [[Arc]] = Array(repeating: [], count: members.count)
    var placeInBlock = Array(repeating: 0, count: graph.nodes.count)
    let connected = members.map { $0.filter { isConnected[$0] } }
    for nodes in connected {
      for (place, node) in nodes.enumerated() { placeInBlock[node] = place }
    }
    for edge in graph.edges {
      let (from, to) = (blockOfNode[edge.from], blockOfNode[edge.to])
      if from == to {
        inner[from].append(
          Arc(from: placeInBlock[edge.from], to: placeInBlock[edge.to], weight: 1))
      } else if let columnOfBlock {
        pull[edge.from] += (columnOfBlock[to] - columnOfBlock[from]).signum()
        pull[edge.to] += (columnOfBlock[from] - columnOfBlock[to]).signum()
      }
    }
    return members.indices.map { block in
      let nodes = connected[block]
      let layers = layers(count: nodes.count, arcs: inner[block], pull: nodes.map { pull[$0] })
      let lanes = columns(
        ofLayers: layers, sizes: nodes.map { sizes[$0] },
        limits: .nodes(
          count: nodes.count, share: Double(nodes.count) / Double(graph.nodes.count)))
      return Block(
        group: groups[block], lanes: lanes.map { $0.map { nodes[$0] } },
        grid: members[block].filter { !isConnected[$0] }, sizes: sizes)
    }
  }
}

extension Block {
  fileprivate init(group: Int?, lanes: [[Int]], grid: [Int], sizes: [Size]) {
    let gap = Measures.nodeGap
    let laneWidths = lanes.map { $0.map { sizes[$0].width }.max() ?? 0 }
    let lanesWidth = laneWidths.reduce(-gap.width) { $0 + $1 + gap.width }
    let lanesHeight =
      lanes.map { $0.reduce(-gap.height) { $0 + sizes[$1].height + gap.height } }.max() ?? 0
    cell = Size(
      width: grid.map { sizes[$0].width }.max() ?? 0,
      height: grid.map { sizes[$0].height }.max() ?? 0)
    let step = Size(width: cell.width + Measures.gridGap, height: cell.height + Measures.gridGap)
    let square = (Double(grid.count) * 1.6 * step.height / step.width).squareRoot().rounded()
    gridColumns = min(
      max(1, grid.count), max(1, Int(square), Int((lanesWidth + Measures.gridGap) / step.width)))
    let rows = (grid.count + gridColumns - 1) / gridColumns
    self.group = group
    self.lanes = lanes
    self.grid = grid
    let frame =
      group == nil
      ? Size(width: 0, height: 0)
      : Size(
        width: 2 * Measures.groupPadding, height: Measures.groupHeader + Measures.groupPadding)
    size = Size(
      width: max(max(lanesWidth, 0), Double(gridColumns) * step.width) + frame.width,
      height: lanesHeight + Double(rows) * step.height + frame.height)
  }
}

/// The blocks of each column. Those without edges to others go where there is room.
func stackedColumns(of blocks: [Block], arcs: [Arc]) -> [[Int]] {
  let isConnected = arcs.reduce(into: Array(repeating: false, count: blocks.count)) {
    $0[$1.from] = true
    $0[$1.to] = true
  }
  let connected = blocks.indices.filter { isConnected[$0] }
  var place = Array(repeating: 0, count: blocks.count)
  for (index, block) in connected.enumerated() { place[block] = index }
  let layers = layers(
    count: connected.count,
    arcs: arcs.map { Arc(from: place[$0.from], to: place[$0.to], weight: $0.weight) },
    pull: connected.map { _ in 0 })
  var result = columns(
    ofLayers: layers, sizes: connected.map { blocks[$0].size }, limits: .blocks
  ).map { $0.map { connected[$0] } }

  let gap = ColumnLimits.blocks.gap
  var heights = result.map { $0.reduce(0) { $0 + blocks[$1].size.height + gap.height } }
  let area = blocks.reduce(0) {
    $0 + ($1.size.width + gap.width) * ($1.size.height + gap.height)
  }
  let wished = max(
    heights.max() ?? 0, (area / ColumnLimits.blocks.aspect).squareRoot())
  for block in blocks.indices where !isConnected[block] {
    let height = blocks[block].size.height + gap.height
    if let lowest = heights.indices.min(by: { heights[$0] < heights[$1] }),
      heights[lowest] + height <= wished * 1.1
    {
      result[lowest].append(block)
      heights[lowest] += height
    } else {
      result.append([block])
      heights.append(height)
    }
  }
  return result
}
