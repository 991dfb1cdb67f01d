import Glibc

/// What a path or a pattern selects of a revision: the same as `-f` selects of a directory, so that
/// both sides of a comparison hold the same files.
struct GitPath {
  /// Without `.` in it and without a slash at its end; empty for the current directory.
  private let path: String
  private let isPattern: Bool

  init(_ path: String) {
    let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    self.path = path.hasPrefix("/") ? "/\(parts)" : parts
    isPattern = InputFiles.isPattern(path)
  }

  /// Below which git has to look: of a pattern, the directories before its first sign.
  var root: String {
    if !isPattern { return path.isEmpty ? "./" : path }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let plain = parts.prefix { !InputFiles.isPattern(String($0)) }.joined(separator: "/")
    return plain.isEmpty ? "./" : "\(plain)/"
  }

  /// - Parameter name: from the current directory, as git lists it.
  func selects(_ name: String) -> Bool {
    if name == path { return true }
    // git leaves out what leads back to where one is: `../shop` in `shop` is nothing.
    guard isPattern else {
      return isManifest(name, below: name.hasPrefix("\(path)/") ? depth(of: path) : 0)
    }
    // It may match the file, or a directory on the way to it.
    let parts = name.split(separator: "/")
    return (1...parts.count).contains { depth in
      guard matches(parts.prefix(depth).joined(separator: "/")) else { return false }
      return depth == parts.count || isManifest(name, below: depth)
    }
  }

  private func matches(_ name: String) -> Bool {
    fnmatch(path, name, FNM_PATHNAME | FNM_PERIOD) == 0
  }

  /// A hidden directory holds no manifests, unless it is one that was named.
  private func isManifest(_ name: String, below depth: Int) -> Bool {
    InputFiles.isManifest(name)
      && !name.split(separator: "/").dropFirst(depth).contains { $0.hasPrefix(".") && $0 != ".." }
  }

  private func depth(of path: String) -> Int { path.split(separator: "/").count }
}
