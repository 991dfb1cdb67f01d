/// A connection between items of any kind, by number.
struct Arc: Hashable {
  let from: Int
  let to: Int
  /// How many edges it stands for.
  let weight: Int
}

/// Puts items in a row so that few arcs lead back: what nothing leads out of goes to the end, what
/// nothing leads into to the start, and of the rest what has most out for least in (Eades, Lin,
/// Smyth: "A fast and effective heuristic for the feedback arc set problem", 1993).
///
/// - Returns: the place of each item in the row.
func acyclicPlaces(count: Int, arcs: [Arc]) -> [Int] {
  var row = Row(count: count, arcs: arcs)
  while row.remaining > 0 {
    if let item = row.takeSink() {
      row.putLast(item)
    } else if let item = row.takeSource() {
      row.putFirst(item)
    } else if let item = row.mostOutward() {
      row.putFirst(item)
    }
  }
  return row.places
}

private struct Row {
  private(set) var places: [Int]
  private(set) var remaining: Int
  private var out: [[Arc]]
  private var into: [[Arc]]
  private var outWeight: [Int]
  private var inWeight: [Int]
  private var isPlaced: [Bool]
  private var sinks: [Int]
  private var sources: [Int]
  private var first = 0

  init(count: Int, arcs: [Arc]) {
    places = Array(repeating: 0, count: count)
    remaining = count
    isPlaced = Array(repeating: false, count: count)
    out = Array(repeating: [], count: count)
    into = out
    for arc in arcs where arc.from != arc.to {
      out[arc.from].append(arc)
      into[arc.to].append(arc)
    }
    outWeight = out.map { $0.reduce(0) { $0 + $1.weight } }
    inWeight = into.map { $0.reduce(0) { $0 + $1.weight } }
    sinks = []
    sources = []
    for item in (0..<count).reversed() {
      if outWeight[item] == 0 {
        sinks.append(item)
      } else if inWeight[item] == 0 {
        sources.append(item)
      }
    }
  }

  mutating func takeSink() -> Int? {
    while let item = sinks.popLast() {
      if !isPlaced[item] { return item }
    }
    return nil
  }

  mutating func takeSource() -> Int? {
    while let item = sources.popLast() {
      if !isPlaced[item] { return item }
    }
    return nil
  }

  func mostOutward() -> Int? {
    places.indices.filter { !isPlaced[$0] }.max {
      (outWeight[$0] - inWeight[$0], -$0) < (outWeight[$1] - inWeight[$1], -$1)
    }
  }

  mutating func putFirst(_ item: Int) {
    places[item] = first
    first += 1
    remove(item)
  }

  mutating func putLast(_ item: Int) {
    places[item] = first + remaining - 1
    remove(item)
  }

  private mutating func remove(_ item: Int) {
    isPlaced[item] = true
    remaining -= 1
    for arc in out[item] {
      inWeight[arc.to] -= arc.weight
      if inWeight[arc.to] == 0 { sources.append(arc.to) }
    }
    for arc in into[item] {
      outWeight[arc.from] -= arc.weight
      if outWeight[arc.from] == 0 { sinks.append(arc.from) }
    }
  }
}
