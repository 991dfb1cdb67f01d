import ArgumentParser
import Host
import Manifests

/// Manifests of a revision, read from git's objects: the work tree is not touched, and there need
/// not be one.
enum GitFiles {
  /// - Parameter path: a file or directory, from the current directory; empty for that itself.
  static func read(revision: String, below path: String) throws -> [ManifestFile] {
    let location = path.isEmpty || path == "." ? "./" : path
    // Checked on its own, for a clear message.
    _ = try git(["rev-parse", "--verify", "--quiet", "\(revision)^{commit}"]) {
      "git knows no revision \(revision)\($0.isEmpty ? "" : ": \($0)")"
    }
    let listing = try git(
      ["ls-tree", "-r", "-z", "--name-only", revision, "--", location]) {
        "git cannot list \(location) of \(revision): \($0)"
      }
    let names = listing.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    let manifests = names.filter { name in
      InputFiles.isManifest(name)
        && !name.split(separator: "/").contains { $0.hasPrefix(".") && $0 != ".." }
    }.sorted()
    if manifests.isEmpty {
      let place = path.isEmpty ? "the current directory" : path
      throw Console.fail("no .yaml, .yml or .json file in \(place) of \(revision)", .badInput)
    }
    return try manifests.map { name in
      let bytes = try git(["cat-file", "blob", "\(revision):./\(name)"]) {
        "git cannot read \(name) of \(revision): \($0)"
      }
      return ManifestFile(path: name, bytes: bytes)
    }
  }

  private static func git(
    _ arguments: [String], _ message: (String) -> String
  ) throws -> [UInt8] {
    do {
      let result = try runProcess(["git"] + arguments)
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
