/// Who is above whom: sweeps from left to right and back, in which slots and blocks go where their
/// links come from (Sugiyama, Tagawa, Toda: "Methods for visual understanding of hierarchical
/// system structures", 1981). A block moves as one, so that groups stay together.
extension Draft {
  mutating func order() {
    let rounds = patience(28)
    var best = self
    var bestCost = Double.infinity
    for round in 0..<rounds {
      let sides: [Side] =
        round >= rounds * 2 / 3 ? [.left, .right] : round.isMultiple(of: 2) ? [.left] : [.right]
      let order = round.isMultiple(of: 2) ? Array(columns.indices) : columns.indices.reversed()
      for column in order {
        sort(column: column, sides: sides, leftFirst: round.isMultiple(of: 2))
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
  }

  /// At most so many rounds, fewer where each is long: nobody waits for the best order of thousands
  /// of edges, and nobody would see it.
  func patience(_ most: Int) -> Int { max(5, min(most, 120_000 / max(1, links.count))) }

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

  private func sorted(_ items: [Int], by keys: [Double]) -> [Int] {
    items.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { items[$0] }
  }

  /// How far a block should move for its links with others to be straight.
  private func shift(ofBlock block: Int, sides: [Side]) -> Double? {
    var sum = 0.0
    var total = 0
    for lane in blocks[block].lanes {
      for slot in lanes[lane].slots {
        for number in sides.flatMap({ slots[slot].links($0) }) {
          let other = links[number].other(than: slot)
          if self.block(ofSlot: other.slot) == block { continue }
          sum += y(other) - y(links[number].own(slot))
          total += 1
        }
      }
    }
    return total == 0 ? nil : sum / Double(total)
  }

  /// Moves everything towards straight edges, in the order it has.
  mutating func straighten() {
    measure()
    for column in columns.indices {
      settleBlocks(
        inColumn: column,
        wishes: columns[column].map {
          blocks[$0].top + (shift(ofBlock: $0, sides: [.left, .right]) ?? 0)
        })
      for lane in columns[column].flatMap({ blocks[$0].lanes }) {
        settle(lane: lane, sides: [.left, .right])
      }
    }
    placePorts()
  }

  /// Spreads the ends of edges over the side of each node, in the order of where they lead.
  mutating func placePorts() {
    for slot in slots.indices where !isTrack(slot) {
      let height = 2 * slots[slot].down
      for side in [Side.left, .right] {
        let ends = slots[slot].links(side)
        let heights = ends.map { y(links[$0].other(than: slot)) }
        let step = min(Measures.labelledGap, (height - 14) / Double(max(1, ends.count - 1)))
        for (place, link) in sorted(ends, by: heights).enumerated() {
          setOffset((Double(place) - Double(ends.count - 1) / 2) * step, of: slot, link: link)
        }
      }
    }
  }

  /// Where only one edge ends on a side, it may end where that makes it straight.
  mutating func alignPorts() {
    for slot in slots.indices where !isTrack(slot) {
      let room = max(0, slots[slot].down - 9)
      for side in [Side.left, .right] {
        let ends = slots[slot].links(side)
        guard ends.count == 1, let link = ends.first, !links[link].turns else { continue }
        let wish = y(links[link].other(than: slot)) - slots[slot].y
        setOffset(min(max(wish, -room), room), of: slot, link: link)
      }
    }
  }

  private mutating func setOffset(_ offset: Double, of slot: Int, link: Int) {
    if links[link].from.slot == slot {
      links[link].from.offset = offset
    } else {
      links[link].to.offset = offset
    }
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
