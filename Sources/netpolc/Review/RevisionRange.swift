import ArgumentParser

/// `BASE..HEAD` or `BASE...HEAD`, as git writes them. Without HEAD it is the files as they are, or,
/// where there are none, as in a bare repository, the revision HEAD.
struct RevisionRange: ExpressibleByArgument {
  let text: String
  private let base: String
  private let head: String
  private let startsAtMergeBase: Bool

  init?(argument: String) {
    text = argument
    startsAtMergeBase = argument.contains("...")
    let separator = startsAtMergeBase ? "..." : ".."
    let parts = argument.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty,
      parts.allSatisfy({ !$0.hasPrefix("-") && !$0.hasPrefix(".") && !$0.hasSuffix(".") })
    else { return nil }
    base = String(parts[0])
    head = String(parts[1])
  }

  /// - Parameter paths: from the current directory; empty for all of it.
  func sides(below paths: [String]) throws -> ([InputReference], [InputReference]) {
    let isTree = try head.isEmpty && GitFiles.hasWorkTree
    let named = head.isEmpty ? "HEAD" : head
    let start = startsAtMergeBase ? try GitFiles.mergeBase(base, named) : base
    let all = paths.isEmpty ? ["."] : paths
    return (
      all.map { .git(revision: start, path: $0) },
      all.map { isTree ? .path($0) : .git(revision: named, path: $0) }
    )
  }
}
