/// Moves slots, blocks and the ends of edges, in the order they have, to where edges are straight.
extension Draft {
  /// How far a block should move for its links with others to be straight.
  func shift(ofBlock block: Int, sides: [Side]) -> Double? {
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

  /// Where a slot would have its links straight, and how much that matters; nil without links on
  /// the sides asked for.
  func straightPlace(of slot: Int, sides: [Side]) -> (y: Double, weight: Double)? {
    var sum = 0.0
    var total = 0.0
    for side in sides {
      for number in slots[slot].links(side) {
        let link = links[number]
        let other = link.other(than: slot)
        let weight = weight(of: link)
        sum += weight * (y(other) - link.own(slot).offset)
        total += weight
      }
    }
    return total > 0 ? (sum / total, total) : nil
  }

  /// Long edges should be straight before short ones.
  private func weight(of link: Link) -> Double {
    switch (isTrack(link.from.slot), isTrack(link.to.slot)) {
    case (true, true): 4
    case (false, false): link.turns ? 0.5 : 1
    case (true, false), (false, true): 2
    }
  }
}
