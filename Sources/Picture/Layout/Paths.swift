extension Draft {
  /// The line of an edge: level past lanes, and an S in each gap that it crosses.
  func path(of edge: Int, in graph: Graph) -> [Segment] {
    guard let first = routes[edge].first, let last = routes[edge].last else { return [] }
    var path: [Segment] = []
    var here = point(of: links[first].from)
    // From under the node, which may have round corners.
    here.x += links[first].from.side == .right ? -Measures.overlap : Measures.overlap
    for number in routes[edge] {
      let link = links[number]
      let start = Point(x: mouth(of: link.gap, from: link.from.side), y: y(link.from))
      let end = Point(x: mouth(of: link.gap, from: link.to.side), y: y(link.to))
      if abs(start.x - here.x) > 0.1 { path.append(.line(here, start)) }
      path += curve(from: start, to: end, link, label: graph.edges[edge].labelWidth)
      here = end
    }
    path.append(.line(here, point(of: links[last].to)))
    return path
  }

  /// On the outline of a node, or at the border of the lane for a track.
  private func point(of end: End) -> Point {
    let lane = lanes[slots[end.slot].lane]
    return Point(x: end.side == .left ? lane.x : lane.x + lane.width, y: y(end))
  }

  /// Where a curve through a gap starts: a little inside, which leaves room for an arrow.
  private func mouth(of gap: Int, from side: Side) -> Double {
    switch side {
    case .right: gaps[gap].x + Measures.stub
    case .left: gaps[gap].right - Measures.stub
    }
  }

  private func curve(
    from start: Point, to end: Point, _ link: Link, label: Double
  ) -> [Segment] {
    let width = gaps[link.gap].width - 2 * Measures.stub
    if !link.turns {
      if abs(start.y - end.y) < 0.1 { return [.line(start, end)] }
      let reach = (end.x - start.x) * 0.55
      return [
        .curve(start, Point(x: start.x + reach, y: start.y), Point(x: end.x - reach, y: end.y), end)
      ]
    }
    // Three quarters of it are as far as the curve gets, where the label has to fit.
    let wished = max(24 + abs(start.y - end.y) * 0.3, (label / 2 + 8) * 4 / 3)
    let reach = min((width + 4 - label / 2) * 4 / 3, wished)
    let bulge = link.from.side == .right ? reach : -reach
    return [
      .curve(start, Point(x: start.x + bulge, y: start.y), Point(x: end.x + bulge, y: end.y), end)
    ]
  }
}
