extension Markup {
  /// The outline of a node, by what it is. The sides are upright where arrows end.
  mutating func outline(of role: Picture.Role, in box: Rectangle) {
    switch role {
    case .workload, .summary:
      rectangle(box, radius: 7, style: "shape")
    case .addresses:
      rectangle(box, radius: 15, style: "shape")
    case .internet:
      rectangle(box, radius: 15, style: "shape")
      rectangle(box.grown(by: -3), radius: 12, style: "shape")
    case .ingress:
      let cut = 9.0
      let corners = [
        Point(x: box.x + cut, y: box.y), Point(x: box.right - cut, y: box.y),
        Point(x: box.right, y: box.y + cut), Point(x: box.right, y: box.bottom - cut),
        Point(x: box.right - cut, y: box.bottom), Point(x: box.x + cut, y: box.bottom),
        Point(x: box.x, y: box.bottom - cut), Point(x: box.x, y: box.y + cut),
      ]
      path("M" + corners.map(pair).joined(separator: "L") + "Z", style: "shape")
    }
  }

  /// A triangle with an exclamation mark: not a letter, which some fonts lack.
  mutating func warningSign(x: Double, y: Double) {
    let triangle = [
      Point(x: x + 6, y: y - 9.5), Point(x: x + 11.5, y: y), Point(x: x + 0.5, y: y),
    ]
    let bar = "M\(pair(Point(x: x + 6, y: y - 6.3)))V\(number(y - 3.6))"
    let dot = "M\(pair(Point(x: x + 6, y: y - 1.7)))v0.1"
    path("M" + triangle.map(pair).joined(separator: "L") + "Z" + bar + dot, style: "sign")
  }

  /// An arrow's line and its head.
  mutating func arrow(along path: [Segment], hasTouchArea: Bool) {
    guard let first = path.first, let last = path.last else { return }
    let tip = last.end
    let length = Measures.arrow
    let (forward, isLevel) = (
      (tip.x - last.start.x + tip.y - last.start.y) >= 0 ? 1.0 : -1.0,
      abs(tip.x - last.start.x) > abs(tip.y - last.start.y)
    )
    let base =
      isLevel
      ? Point(x: tip.x - forward * length, y: tip.y)
      : Point(x: tip.x, y: tip.y - forward * length)
    let half = length / 2
    let wings =
      isLevel
      ? (Point(x: base.x, y: base.y - half), Point(x: base.x, y: base.y + half))
      : (Point(x: base.x - half, y: base.y), Point(x: base.x + half, y: base.y))
    var data = "M\(pair(first.start))"
    for segment in path.dropLast() { data += self.data(of: segment) }
    data += "L\(pair(base))"
    if hasTouchArea { self.path(data, style: "touch") }
    self.path(data, style: "line")
    self.path("M\(pair(tip))L\(pair(wings.0))L\(pair(wings.1))Z", style: "head")
  }

  private func data(of segment: Segment) -> String {
    switch segment {
    case .line(_, let end): "L\(pair(end))"
    case .curve(_, let first, let second, let end): "C\(pair(first)) \(pair(second)) \(pair(end))"
    }
  }
}
