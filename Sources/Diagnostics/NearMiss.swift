/// Finds what a misspelt word was probably meant to be.
package enum NearMiss {
  /// The candidate that differs from `word` by its case only, or by at most two typing slips (one
  /// in words of up to four letters): a wrong, missing, extra or swapped letter. nil when none is
  /// that near.
  package static func of(_ word: String, in candidates: [String]) -> String? {
    // Past this length no field name can be meant, and the comparison is quadratic.
    guard word.utf8.count <= 40 else { return nil }
    if let same = candidates.first(where: { $0.lowercased() == word.lowercased() }) { return same }
    let limit = word.utf8.count <= 4 ? 1 : 2
    return candidates.map { ($0, slips(Array(word.utf8), Array($0.utf8))) }
      .filter { $0.1 <= limit && $0.1 < word.utf8.count }
      .min { $0.1 < $1.1 }?.0
  }

  /// Optimal string alignment distance.
  private static func slips(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var twoBack: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let substituted = previous[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(substituted, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, twoBack[column - 1] + 1)
        }
        current.append(best)
      }
      twoBack = previous
      previous = current
    }
    return previous[right.count]
  }
}
