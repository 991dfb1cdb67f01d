import Diagnostics
import Kubernetes
import Manifests

/// How the input's NetworkPolicies are written, found by name or by a place in them.
struct WrittenPolicies: Sendable {
  let all: [PolicySource]
  private let byReference: [ObjectReference: Int]
  /// Positions in `all`, by file and in the order of the text.
  private let byFile: [String: [Int]]

  init(_ sources: [PolicySource]) {
    all = sources
    byReference = Dictionary(
      sources.enumerated().map { ($1.reference, $0) }, uniquingKeysWith: { first, _ in first })
    byFile = Dictionary(grouping: sources.indices) { sources[$0].root.location.file }
      .mapValues { $0.sorted { sources[$0].root.location < sources[$1].root.location } }
  }

  subscript(reference: ObjectReference) -> PolicySource? {
    byReference[reference].map { all[$0] }
  }

  /// The policy that a place is in. An alias's place is that of its anchor, and so that policy's.
  func policy(at location: SourceLocation) -> PolicySource? {
    guard let sorted = byFile[location.file] else { return nil }
    // The last that starts at or before the place.
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if all[sorted[middle]].root.location <= location { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? all[sorted[low - 1]] : nil
  }
}
