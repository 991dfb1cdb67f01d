import ArgumentParser
import Host
import Manifests

/// Manifests of a revision, read from git's objects: the work tree is not touched, and there need
/// not be one.
enum GitFiles {
  /// - Parameter path: a file or directory, from the current directory; empty for that itself.
  static func read(revision: String, below path: String) throws -> [ManifestFile] {
    let files = try readIfAny(revision: revision, below: path)
    if files.isEmpty {
      let place = path.isEmpty ? "the current directory" : path
      throw Console.fail("no .yaml, .yml or .json file in \(place) of \(revision)", .badInput)
    }
    return files
  }

  /// Nothing where the revision has nothing; a revision that is not there is an error still.
  static func readIfAny(revision: String, below path: String) throws -> [ManifestFile] {
    try check(revision)
    let selection = GitPath(path)
    let manifests = try entries(of: revision, below: selection.root).filter {
      selection.selects($0.name)
    }
    for link in manifests where link.isLink {
      Console.note("skipped    \(link.name) of \(revision), a symbolic link")
    }
    let files = manifests.filter { !$0.isLink }.sorted { $0.name < $1.name }
    if files.isEmpty { return [] }
    return try contents(of: files.map(\.object), of: revision, names: files.map(\.name))
  }

  /// The commit that a revision names.
  static func commit(of revision: String) throws -> String {
    try check(revision)
    return try line(["rev-parse", "--verify", "\(revision)^{commit}"])
  }

  /// The current directory from the repository's root: empty, or with a slash at its end.
  static var currentDirectory: String {
    get throws { try line(["rev-parse", "--show-prefix"]) }
  }

  /// Whether the repository has files beside its objects, which a bare one has not.
  static var hasWorkTree: Bool {
    get throws {
      let answer = try git(["rev-parse", "--is-inside-work-tree"]) {
        "not in a git repository: \($0)"
      }
      return String(decoding: answer, as: UTF8.self).hasPrefix("true")
    }
  }

  /// Where two lines of history parted.
  static func mergeBase(_ base: String, _ head: String) throws -> String {
    try check(base)
    try check(head)
    return try line(["merge-base", "--", base, head]) { message in
      let words = message.isEmpty ? "" : ": \(message)"
      return isShallow
        ? "\(base) and \(head) have no common history in this shallow clone\(words); "
          + "fetch more of it: git fetch --unshallow, or fetch-depth: 0"
        : "\(base) and \(head) have no common history\(words)"
    }
  }

  /// Checked on its own, for a clear message.
  private static func check(_ revision: String) throws {
    _ = try git(["rev-parse", "--verify", "--quiet", "\(revision)^{commit}"]) { message in
      let words =
        message.isEmpty
        ? "git knows no revision \(revision)"
        : "git cannot look up revision \(revision): \(message)"
      return isShallow
        ? "\(words); this clone is shallow: git fetch --unshallow, or fetch-depth: 0" : words
    }
  }

  /// For messages: where the question itself fails, another says why.
  private static var isShallow: Bool {
    let answer = try? runProcess(["git", "rev-parse", "--is-shallow-repository"], input: "")
    return answer.map { String(decoding: $0.outputBytes, as: UTF8.self).hasPrefix("true") } ?? false
  }

  /// A file of a tree.
  private struct Entry {
    let object: String
    /// From the current directory, so that editors find it.
    let name: String
    let isLink: Bool

    /// Reads `100644 blob 0123…<tab>name`.
    init?(_ line: Substring) {
      guard let tab = line.firstIndex(of: "\t") else { return nil }
      let fields = line[..<tab].split(separator: " ")
      guard fields.count == 3, fields[1] == "blob" else { return nil }
      object = String(fields[2])
      name = String(line[line.index(after: tab)...])
      isLink = fields[0] == "120000"
    }
  }

  private static func entries(of revision: String, below location: String) throws -> [Entry] {
    let listing = try git(["ls-tree", "-r", "-z", revision, "--", location]) {
      "git cannot list \(location) of \(revision): \($0)"
    }
    return listing.split(separator: 0).compactMap { line in
      Entry(String(decoding: line, as: UTF8.self)[...])
    }
  }

  /// All of them from one process. Asked for by object, not by path: where there is no work tree,
  /// git has no directory that a path could start from.
  private static func contents(
    of objects: [String], of revision: String, names: [String]
  ) throws -> [ManifestFile] {
    let input = objects.map { $0 + "\n" }.joined()
    let output = try git(["cat-file", "--batch"], input: input) {
      "git cannot read the files of \(revision): \($0)"
    }
    var rest = output[...]
    return try names.map { name in
      // `0123… blob 42`, the content, a newline.
      let header = rest.prefix { $0 != UInt8(ascii: "\n") }
      let fields = String(decoding: header, as: UTF8.self).split(separator: " ")
      guard fields.count == 3, fields[1] == "blob", let size = Int(fields[2]),
        rest.count >= header.count + 1 + size
      else { throw Console.fail("git cannot read \(name) of \(revision)", .badInput) }
      let content = rest.dropFirst(header.count + 1)
      rest = content.dropFirst(size + 1)
      return ManifestFile(path: name, bytes: Array(content.prefix(size)))
    }
  }

  private static func line(
    _ arguments: [String], _ message: (String) -> String = { "git: \($0)" }
  ) throws -> String {
    let answer = try git(arguments, message)
    return String(decoding: answer.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func git(
    _ arguments: [String], input: String = "", _ message: (String) -> String
  ) throws -> [UInt8] {
    guard findExecutable("git") != nil else {
      throw Console.fail("git: needs git, which is not installed", .environment)
    }
    do {
      let result = try runProcess(["git"] + arguments, input: input)
      guard result.succeeded else {
        let first = result.errors.split(separator: "\n").first.map(String.init) ?? ""
        throw Console.fail(message(first), .badInput)
      }
      return result.outputBytes
    } catch let failure as SystemFailure {
      throw Console.fail("\(failure)", .environment)
    }
  }
}
