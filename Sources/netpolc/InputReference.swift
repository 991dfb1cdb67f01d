import ArgumentParser
import Glibc
import Host
import Manifests

/// A side of a comparison: `dir:PATH`, `git:REV[:PATH]`, or a path, which may also be a file of
/// rules, or `-` for either on standard input; or `kernel`.
enum InputReference: ExpressibleByArgument {
  case path(String)
  case git(revision: String, path: String)
  case kernel

  init?(argument: String) {
    if argument == "kernel" {
      self = .kernel
    } else if argument.hasPrefix("dir:") {
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

  var isStandardInput: Bool {
    if case .path("-") = self { true } else { false }
  }

  var isKernel: Bool {
    if case .kernel = self { true } else { false }
  }

  /// As the user wrote it, for headings.
  var text: String {
    switch self {
    case .path(let path): path
    case .git(let revision, let path): path.isEmpty ? "git:\(revision)" : "git:\(revision):\(path)"
    case .kernel: "kernel"
    }
  }

  /// What it holds.
  enum Content {
    case manifests([ManifestFile])
    case rules(path: String, text: String)
    /// For iptables.
    case script(path: String, text: String)
    case kernel
  }

  func read() throws -> Content {
    switch self {
    case .kernel: return .kernel
    case .git(let revision, let path):
      return .manifests(try GitFiles.read(revision: revision, below: path))
    case .path(let path):
      let isFile = path == "-" || (try? kind(of: path)) == .file
      guard isFile, !InputFiles.isManifest(path) else {
        return .manifests(try InputFiles.read([path]))
      }
      // Read once: it may be a pipe.
      let bytes = try InputFiles.bytes(path)
      let name = path == "-" ? "<stdin>" : path
      let text = String(decoding: bytes, as: UTF8.self)
      if path.hasSuffix(".sh") || text.hasPrefix("#!") { return .script(path: name, text: text) }
      let rules = RulesText(text)
      if path.hasSuffix(".nft") || rules.looksLikeRules {
        return .rules(path: name, text: rules.own)
      }
      return .manifests([ManifestFile(path: name, bytes: bytes)])
    }
  }
}
