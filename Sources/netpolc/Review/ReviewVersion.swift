import ArgumentParser
import Manifests

/// The manifests of one version under review.
struct ReviewVersion {
  /// What headings call it.
  let name: String
  let files: [ManifestFile]

  init(name: String, files: [ManifestFile]) {
    self.name = name
    self.files = files
  }

  /// A side that was named by itself, and must hold something.
  init(_ reference: InputReference) throws {
    guard case .manifests(let files) = try reference.read() else {
      throw Console.fail(
        "\(reference.text) holds rules, and a review compares policies: give manifests",
        .badInput)
    }
    self.init(name: reference.revision, files: files)
  }

  /// Both versions of a range. A path that only one of them has is new or gone, and as good as
  /// empty in the other; what neither has was mistyped.
  static func both(
    of range: RevisionRange, below paths: [String]
  ) throws -> (base: ReviewVersion, head: ReviewVersion) {
    let (base, head) = try range.sides(below: paths)
    var files: (base: [ManifestFile], head: [ManifestFile]) = ([], [])
    for (old, new) in zip(base, head) {
      let found = (base: try old.readIfAny(), head: try new.readIfAny())
      let path = old.path.isEmpty || old.path == "." ? "the current directory" : old.path
      switch (found.base.isEmpty, found.head.isEmpty) {
      case (true, true):
        throw Console.fail(
          "no .yaml, .yml or .json file in \(path), neither of \(old.revisionOrTree) nor of "
            + new.revisionOrTree, .badInput)
      case (true, false):
        Console.say("empty      \(path) of \(old.revisionOrTree): nothing is there yet")
      case (false, true):
        Console.say("empty      \(path) of \(new.revisionOrTree): nothing is there any more")
      case (false, false): break
      }
      files.base += found.base
      files.head += found.head
    }
    return (
      ReviewVersion(name: base.first?.revisionOrTree ?? "", files: unique(files.base)),
      ReviewVersion(name: head.first?.revisionOrTree ?? "", files: unique(files.head))
    )
  }

  /// Without files that several paths name.
  private static func unique(_ files: [ManifestFile]) -> [ManifestFile] {
    var seen: Set<[Substring]> = []
    return files.filter { seen.insert($0.path.split(separator: "/").filter { $0 != "." }).inserted }
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

  /// The same of a range, where files that are no revision's are the working tree's.
  fileprivate var revisionOrTree: String {
    if case .path = self { "working tree" } else { revision }
  }

  fileprivate var path: String {
    switch self {
    case .git(_, let path), .path(let path): path
    case .kernel: text
    }
  }

  fileprivate func readIfAny() throws -> [ManifestFile] {
    switch self {
    case .git(let revision, let path):
      try GitFiles.readIfAny(revision: revision, below: path)
    case .path(let path): try InputFiles.readIfAny(path)
    case .kernel: []
    }
  }
}
