import ArgumentParser
import Glibc
import Host
import Manifests

/// A side of a comparison: `dir:PATH`, `git:REV[:PATH]`, or a path, which may also be a file of
/// rules.
enum InputReference: ExpressibleByArgument {
  case path(String)
  case git(revision: String, path: String)

  init?(argument: String) {
    if argument.hasPrefix("dir:") {
      self = .path(String(argument.dropFirst(4)))
    } else if argument.hasPrefix("git:") {
      let rest = argument.dropFirst(4)
      let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let revision = parts.first, !revision.isEmpty, !revision.hasPrefix("-") else {
        return nil
      }
      self = .git(revision: String(revision), path: parts.count > 1 ? String(parts[1]) : "")
    } else {
      self = .path(argument)
    }
    if case .path("") = self { return nil }
  }

  var defaultValueDescription: String { text }

  /// As the user wrote it, for headings.
  var text: String {
    switch self {
    case .path(let path): path
    case .git(let revision, let path): path.isEmpty ? "git:\(revision)" : "git:\(revision):\(path)"
    }
  }

  /// What it holds.
  enum Content {
    case manifests([ManifestFile])
    case rules(path: String, text: String)
  }

  func read() throws -> Content {
    switch self {
    case .git(let revision, let path):
      return .manifests(try GitFiles.read(revision: revision, below: path))
    case .path(let path):
      let isFile = (try? kind(of: path)) == .file
      if isFile, !InputFiles.isManifest(path) {
        return .rules(path: path, text: String(decoding: try InputFiles.bytes(path), as: UTF8.self))
      }
      return .manifests(try InputFiles.read([path]))
    }
  }
}
