/// Who is above whom: sweeps from left to right and back, in which slots and blocks go where their
/// links come from (Sugiyama, Tagawa, Toda: "Methods for visual understanding of hierarchical
/// system structures", 1981). A block moves as one, so that groups stay together.
extension Draft {
  /// Tries it from the left and from the right, which may end in different places.
  mutating func order() {
    var attempts = [self, self]
    let costs = [attempts[0].sweep(fromLeft: true), attempts[1].sweep(fromLeft: false)]
    self = costs[1] < costs[0] ? attempts[1] : attempts[0]
  }

  /// - Returns: the cost of what it ends with, the best it met.
  private mutating func sweep(fromLeft: Bool) -> Double {
    let rounds = patience(24)
    var best = self
    var bestCost = Double.infinity
    for round in 0..<rounds {
      let goesRight = round.isMultiple(of: 2) == fromLeft
      // At first each column follows the one before; then it stands between its neighbours.
      let sides: [Side] =
        round >= rounds * 2 / 3 ? [.left, .right] : goesRight ? [.left] : [.right]
      for column in goesRight ? Array(columns.indices) : columns.indices.reversed() {
        sort(column: column, sides: sides, leftFirst: goesRight)
      }
      if sides.count == 2 {
        for lane in lanes.indices { exchangeNeighbours(inLane: lane) }
      }
      for _ in 0..<2 { straighten() }
      let cost = cost
      if cost < bestCost {
        best = self
        bestCost = cost
      }
    }
    self = best
    return bestCost
  }

  /// At most so many rounds, fewer where each is long: nobody waits for the best order of thousands
  /// of edges, and nobody would see it.
  func patience(_ most: Int) -> Int { max(5, min(most, 80_000 / max(1, links.count))) }

  private mutating func sort(column: Int, sides: [Side], leftFirst: Bool) {
    for block in columns[column] {
      let inner = leftFirst ? Array(blocks[block].lanes) : blocks[block].lanes.reversed()
      for lane in inner {
        let wishes = lanes[lane].slots.map { slot in
          straightPlace(of: slot, sides: sides)?.y ?? slots[slot].y
        }
        lanes[lane].slots = sorted(lanes[lane].slots, by: wishes)
        settle(lane: lane, sides: sides)
      }
    }
    let wishes = columns[column].map { blocks[$0].top + (shift(ofBlock: $0, sides: sides) ?? 0) }
    let middles = zip(columns[column], wishes).map { blocks[$0].height / 2 + $1 }
    let order = sorted(Array(columns[column].indices), by: middles)
    columns[column] = order.map { columns[column][$0] }
    settleBlocks(inColumn: column, wishes: order.map { wishes[$0] })
  }

  /// Swaps slots that stand one above the other where that leaves fewer crossings.
  private mutating func exchangeNeighbours(inLane lane: Int) {
    for place in lanes[lane].slots.indices.dropLast() {
      let (upper, lower) = (lanes[lane].slots[place], lanes[lane].slots[place + 1])
      if crossings(upper: lower, lower: upper) < crossings(upper: upper, lower: lower) {
        lanes[lane].slots.swapAt(place, place + 1)
      }
    }
  }

  /// How many links of two slots cross when one stands above the other.
  private func crossings(upper: Int, lower: Int) -> Int {
    [Side.left, .right].reduce(0) { sum, side in
      let above = slots[upper].links(side).map { y(links[$0].other(than: upper)) }
      let below = slots[lower].links(side).map { y(links[$0].other(than: lower)) }
      return sum + above.reduce(0) { sum, value in sum + below.count { $0 < value } }
    }
  }

  func sorted(_ items: [Int], by keys: [Double]) -> [Int] {
    items.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { items[$0] }
  }

  /// What a reader pays: mostly for crossings, besides for slopes.
  private var cost: Double {
    gaps.reduce(0) { sum, gap in
      let spans = gap.links.compactMap { number -> (left: Double, right: Double)? in
        let link = links[number]
        if link.turns { return nil }
        let (from, to) = (y(link.from), y(link.to))
        return link.from.side == .right ? (from, to) : (to, from)
      }.sorted { ($0.left, $0.right) < ($1.left, $1.right) }
      let slopes = gap.links.reduce(0) { $0 + abs(y(links[$1].from) - y(links[$1].to)) }
      return sum + slopes + 60 * Double(inversions(in: spans.map(\.right)))
    }
  }
}

/// How many pairs stand in the wrong order.
func inversions(in values: [Double]) -> Int {
  if values.count < 2 { return 0 }
  let middle = values.count / 2
  let (left, right) = (Array(values[..<middle]), Array(values[middle...]))
  var count = inversions(in: left) + inversions(in: right)
  let (low, high) = (left.sorted(), right.sorted())
  var place = 0
  for value in high {
    while place < low.count, low[place] <= value { place += 1 }
    count += low.count - place
  }
  return count
}
