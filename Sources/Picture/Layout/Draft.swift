/// The picture while it is laid out. From left to right there are columns; in a column, one above
/// the other, blocks; in a block, from left to right, lanes; in a lane, one above the other, slots.
/// A slot is a node or the track of an edge that passes. Edges are links from slot to slot, and
/// change their height only in the gaps between lanes and between columns, where no node is: that
/// is why no edge can run through one.
struct Draft {
  var slots: [Slot] = []
  var lanes: [Lane] = []
  var blocks: [DraftBlock] = []
  /// The blocks of each column, from top to bottom.
  var columns: [[Int]] = []
  var links: [Link] = []
  /// The links of each edge, from its source to its target; none for a loop.
  var routes: [[Int]] = []
  /// Those left of each column and right of the last; then those right of each lane, in its block.
  var gaps: [Gap] = []
  /// The height of everything: that of the tallest column.
  var height = 0.0
  var width = 0.0

  struct Slot {
    let content: Content
    let lane: Int
    /// How far it reaches above and below its middle.
    var up = 0.0
    var down = 0.0
    /// The middle.
    var y = 0.0
    /// The links that end at its left and at its right.
    var left: [Int] = []
    var right: [Int] = []

    func links(_ side: Side) -> [Int] {
      switch side {
      case .left: left
      case .right: right
      }
    }
  }

  enum Content {
    case node(Int)
    case track

    var isTrack: Bool {
      switch self {
      case .node: false
      case .track: true
      }
    }
  }

  struct Lane {
    let block: Int
    /// From top to bottom.
    var slots: [Int] = []
    var width = 0.0
    var x = 0.0
  }

  struct DraftBlock {
    /// Nil for a bundle of tracks that pass a column.
    let block: Block?
    let column: Int
    let lanes: Range<Int>
    var top = 0.0
    /// What is above the lanes, and what is below them.
    var header = 0.0
    var footer = 0.0
    var lanesHeight = 0.0
    var x = 0.0
    var width = 0.0

    var height: Double { header + lanesHeight + footer }
    var isBundle: Bool { block == nil }
    var isFramed: Bool { block?.group != nil }
  }

  enum Side {
    case left
    case right

    var opposite: Side {
      switch self {
      case .left: .right
      case .right: .left
      }
    }
  }

  /// A piece of an edge through one gap. Where both ends are on one side of their lanes, it turns.
  struct Link {
    let edge: Int
    var from: End
    var to: End
    let gap: Int

    func other(than slot: Int) -> End { from.slot == slot ? to : from }
    func own(_ slot: Int) -> End { from.slot == slot ? from : to }
    var turns: Bool { from.side == to.side }
  }

  struct End {
    let slot: Int
    let side: Side
    /// From the middle of the slot.
    var offset = 0.0
  }

  /// The space between two lanes of a block or between two columns.
  struct Gap {
    var links: [Int] = []
    var width = 0.0
    var x = 0.0
    var right: Double { x + width }
  }

  func gap(rightOfLane lane: Int) -> Int { columns.count + 1 + lane }

  func gap(_ side: Side, ofLane lane: Int) -> Int {
    switch side {
    case .left: gap(rightOfLane: lane - 1)
    case .right: gap(rightOfLane: lane)
    }
  }

  func gap(_ side: Side, ofColumn column: Int) -> Int {
    switch side {
    case .left: column
    case .right: column + 1
    }
  }

  /// The height of an end.
  func y(_ end: End) -> Double { slots[end.slot].y + end.offset }

  func block(ofSlot slot: Int) -> Int { lanes[slots[slot].lane].block }

  func isTrack(_ slot: Int) -> Bool { slots[slot].content.isTrack }
}
