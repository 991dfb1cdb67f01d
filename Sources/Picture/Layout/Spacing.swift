/// Numbers as near as can be to what they wish, each at least its distance above the one before,
/// all within bounds: least squares, by pooling neighbours that get in each other's way.
///
/// - Parameters:
///   - wishes: in the order that the result keeps.
///   - distances: from each to the one before; that of the first is not used.
func spaced(
  wishes: [Double], weights: [Double], distances: [Double], within bounds: ClosedRange<Double>
) -> [Double] {
  struct Pool {
    var value: Double
    var weight: Double
    var count: Int
  }
  var pools: [Pool] = []
  var offset = 0.0
  var offsets: [Double] = []
  for (index, wish) in wishes.enumerated() {
    if index > 0 { offset += distances[index] }
    offsets.append(offset)
    var pool = Pool(value: wish - offset, weight: weights[index], count: 1)
    while let last = pools.last, last.value >= pool.value {
      pools.removeLast()
      let weight = last.weight + pool.weight
      pool = Pool(
        value: (last.value * last.weight + pool.value * pool.weight) / weight, weight: weight,
        count: last.count + pool.count)
    }
    pools.append(pool)
  }
  let upper = max(bounds.lowerBound, bounds.upperBound - offset)
  let values = pools.flatMap { pool in
    Array(repeating: min(max(pool.value, bounds.lowerBound), upper), count: pool.count)
  }
  return zip(values, offsets).map { $0 + $1 }
}
