/// What stands where, by squares, so that a question looks at a few things only.
struct LabelField {
  /// From this cost on a label covers a node, another label, or very many lines.
  static let covered = 100.0
  private static let square = 48.0

  private struct Square: Hashable {
    let x: Int
    let y: Int
  }

  private var nodes: [Square: [Rectangle]] = [:]
  private var labels: [Square: [Rectangle]] = [:]
  private var lines: [Square: [(point: Point, edge: Int)]] = [:]

  private func square(_ point: Point) -> Square {
    Square(
      x: Int((point.x / Self.square).rounded(.down)),
      y: Int((point.y / Self.square).rounded(.down)))
  }

  private func squares(_ box: Rectangle) -> [Square] {
    let first = square(Point(x: box.x, y: box.y))
    let last = square(Point(x: box.right, y: box.bottom))
    return (first.x...last.x).flatMap { x in (first.y...last.y).map { Square(x: x, y: $0) } }
  }

  mutating func block(_ box: Rectangle) {
    for square in squares(box) { nodes[square, default: []].append(box) }
  }

  mutating func place(_ box: Rectangle) {
    for square in squares(box) { labels[square, default: []].append(box) }
  }

  mutating func draw(_ path: [Segment], edge: Int) {
    for point in path.flatMap({ $0.samples(step: 7) }) {
      lines[square(point), default: []].append((point, edge))
    }
  }

  /// What a label there would hide of others than its own `edge`; 0 for nothing.
  func cost(of box: Rectangle, edge: Int) -> Double {
    var cost = 0.0
    let near = box.grown(by: 2)
    for square in squares(near) {
      if nodes[square, default: []].contains(where: near.intersects) { cost += 1000 }
      if labels[square, default: []].contains(where: near.intersects) { cost += Self.covered }
      for line in lines[square, default: []] where line.edge != edge {
        if near.contains(line.point) { cost += 2 }
      }
    }
    return cost
  }
}
