/// The layer of each item, from 0 at the left, such that arcs lead right, except those that close a
/// cycle, and no more layers are used than the longest path needs.
///
/// - Parameter pull: what connects an item with things outside: above zero for more to its right.
func layers(count: Int, arcs: [Arc], pull: [Int]) -> [Int] {
  let places = acyclicPlaces(count: count, arcs: arcs)
  var row = Array(repeating: 0, count: count)
  for (item, place) in places.enumerated() { row[place] = item }
  var before: [[Arc]] = Array(repeating: [], count: count)
  var after = before
  for arc in arcs where arc.from != arc.to {
    let leadsRight = places[arc.from] < places[arc.to]
    let (left, right) = leadsRight ? (arc.from, arc.to) : (arc.to, arc.from)
    after[left].append(Arc(from: left, to: right, weight: arc.weight))
    before[right].append(Arc(from: left, to: right, weight: arc.weight))
  }

  var layers = Array(repeating: 0, count: count)
  for item in row {
    layers[item] = before[item].map { layers[$0.from] + 1 }.max() ?? 0
  }
  let last = layers.max() ?? 0
  // Then each goes as far right as it can where that makes edges shorter.
  for item in row.reversed() {
    let pullsRight = after[item].reduce(max(0, pull[item])) { $0 + $1.weight }
    let pullsLeft = before[item].reduce(max(0, -pull[item])) { $0 + $1.weight }
    if pullsRight > pullsLeft {
      layers[item] = after[item].map { layers[$0.to] - 1 }.min() ?? last
    }
  }
  return layers
}

/// How large a set of columns may become before they are divided or joined.
struct ColumnLimits {
  /// Between two columns, and between two items of one.
  let gap: Size
  /// Columns up to this height are never divided.
  let height: Double
  /// Columns are never joined for the sake of a smaller width than this.
  let width: Double
  /// Width by height, as wished.
  let aspect: Double

  /// More are joined, however narrow they are.
  let count: Int

  /// For nodes of one group, which is all of the picture or a `share` of it.
  static func nodes(count: Int, share: Double) -> ColumnLimits {
    ColumnLimits(
      gap: Measures.nodeGap, height: 330,
      width: max(480, 1500 * share.squareRoot()), aspect: 1.4,
      count: Int((Double(count).squareRoot() * 1.5).rounded(.up)))
  }
  /// For groups.
  static let blocks = ColumnLimits(
    gap: Size(width: 90, height: 26), height: 560, width: 1700, aspect: 1.7, count: .max)
}

/// Items in columns: a column for each layer, but a layer that is too tall gets several, and layers
/// share one when there are too many of them. Without this a star would be a tower, and a chain a
/// ribbon.
func columns(ofLayers layers: [Int], sizes: [Size], limits: ColumnLimits) -> [[Int]] {
  var byLayer: [[Int]] = Array(repeating: [], count: (layers.max() ?? -1) + 1)
  for (item, layer) in layers.enumerated() { byLayer[layer].append(item) }

  func height(_ column: [Int]) -> Double {
    column.reduce(-limits.gap.height) { $0 + sizes[$1].height + limits.gap.height }
  }
  func width(_ column: [Int]) -> Double {
    (column.map { sizes[$0].width }.max() ?? 0) + limits.gap.width
  }

  let area = sizes.reduce(0) {
    $0 + ($1.width + limits.gap.width) * ($1.height + limits.gap.height)
  }
  let wished = max(limits.height, (area / limits.aspect).squareRoot())
  var columns = byLayer.filter { !$0.isEmpty }.flatMap { column in
    let parts = Int((height(column) / (wished * 1.2)).rounded(.up))
    return divided(column, into: max(parts, 1)) { sizes[$0].height + limits.gap.height }
  }

  var heights = columns.map(height)
  var total = columns.reduce(0) { $0 + width($1) }
  while columns.count > 1 {
    let tallest = heights.max() ?? 0
    let isNarrow = total <= max(limits.width, tallest * limits.aspect * 1.5)
    if isNarrow, columns.count <= limits.count { break }
    let pairs = heights.indices.dropLast().map { heights[$0] + heights[$0 + 1] }
    guard let least = pairs.min(), let place = pairs.firstIndex(of: least),
      least <= max(wished * 1.2, tallest)
    else { break }
    total -= width(columns[place]) + width(columns[place + 1])
    columns[place] += columns.remove(at: place + 1)
    total += width(columns[place])
    heights.remove(at: place + 1)
    heights[place] = height(columns[place])
  }
  return columns
}

/// `items`, in their order, in so many parts of about the same height.
private func divided(
  _ items: [Int], into count: Int, height: (Int) -> Double
) -> [[Int]] {
  let total = items.reduce(0) { $0 + height($1) }
  var parts: [[Int]] = Array(repeating: [], count: count)
  var done = 0.0
  for item in items {
    let middle = done + height(item) / 2
    parts[min(count - 1, Int(middle / total * Double(count)))].append(item)
    done += height(item)
  }
  return parts.filter { !$0.isEmpty }
}
