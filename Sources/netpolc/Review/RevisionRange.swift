import ArgumentParser
import Manifests

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

  /// The manifests of both versions. A path that only one has came or went with the change.
  /// - Parameter paths: from the current directory; empty for all of it.
  func versions(below paths: [String]) throws -> (base: ReviewVersion, head: ReviewVersion) {
    let isTree = try head.isEmpty && GitFiles.hasWorkTree
    let named = head.isEmpty ? "HEAD" : head
    let start = startsAtMergeBase ? try GitFiles.mergeBase(base, named) : base
    let all = paths.isEmpty ? ["."] : paths
    var base = ReviewVersion(name: start, files: [])
    var head = ReviewVersion(name: isTree ? "working tree" : named, files: [])
    for path in all {
      let before = try GitFiles.read(revision: start, below: path, mayBeEmpty: true)
      let after =
        isTree
        ? try InputFiles.readIfThere(path)
        : try GitFiles.read(revision: named, below: path, mayBeEmpty: true)
      if before.isEmpty, after.isEmpty {
        throw Console.fail(
          "no .yaml, .yml or .json file in \(path) of \(base.name) or of \(head.name)", .badInput)
      }
      base.add(before)
      head.add(after)
    }
    return (base, head)
  }
}

/// The manifests of one version, with what it is called.
struct ReviewVersion {
  let name: String
  private(set) var files: [ManifestFile]

  /// A file that several paths hold counts once.
  mutating func add(_ more: [ManifestFile]) {
    let known = Set(files.map(\.path))
    files += more.filter { !known.contains($0.path) }
  }
}

extension InputReference {
  /// What a heading calls it: the revision without the path.
  var revision: String {
    switch self {
    case .git(let revision, _): revision
    case .path("."): "working tree"
    case .path, .kernel: text
    }
  }
}
