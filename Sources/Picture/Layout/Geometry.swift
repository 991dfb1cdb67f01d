struct Point: Hashable {
  var x: Double
  var y: Double
}

struct Size: Hashable {
  var width: Double
  var height: Double
}

struct Rectangle: Hashable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }
  var center: Point { Point(x: x + width / 2, y: y + height / 2) }

  init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  init(center: Point, size: Size) {
    self.init(
      x: center.x - size.width / 2, y: center.y - size.height / 2, width: size.width,
      height: size.height)
  }

  /// Larger by `margin` on each side.
  func grown(by margin: Double) -> Rectangle {
    Rectangle(
      x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
  }

  func intersects(_ other: Rectangle) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }

  func contains(_ point: Point) -> Bool {
    x < point.x && point.x < right && y < point.y && point.y < bottom
  }
}

/// A piece of an edge.
enum Segment: Hashable {
  case line(Point, Point)
  /// A cubic Bézier curve: start, two control points, end.
  case curve(Point, Point, Point, Point)

  var end: Point {
    switch self {
    case .line(_, let end), .curve(_, _, _, let end): end
    }
  }

  var start: Point {
    switch self {
    case .line(let start, _), .curve(let start, _, _, _): start
    }
  }

  /// The point at `time`, from 0 at the start to 1 at the end.
  func point(at time: Double) -> Point {
    let rest = 1 - time
    switch self {
    case .line(let start, let end):
      return Point(x: rest * start.x + time * end.x, y: rest * start.y + time * end.y)
    case .curve(let start, let first, let second, let end):
      let (a, b) = (rest * rest * rest, 3 * rest * rest * time)
      let (c, d) = (3 * rest * time * time, time * time * time)
      return Point(
        x: a * start.x + b * first.x + c * second.x + d * end.x,
        y: a * start.y + b * first.y + c * second.y + d * end.y)
    }
  }

  /// Points along it, about `step` apart.
  func samples(step: Double) -> [Point] {
    let length = abs(end.x - start.x) + abs(end.y - start.y)
    let count = max(1, Int(length / step))
    return (0...count).map { point(at: Double($0) / Double(count)) }
  }
}
