import Host

/// The repository's files, found from where this file was compiled.
enum Repository {
  static let root: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
  }()

  /// - Parameter path: from the root.
  static func read(_ path: String) throws -> [UInt8] { try readFile("\(root)/\(path)") }

  static func text(_ path: String) throws -> String {
    String(decoding: try read(path), as: UTF8.self)
  }

  static func names(in directory: String) throws -> [String] {
    try Host.names(in: "\(root)/\(directory)")
  }

  static func isDirectory(_ path: String) -> Bool {
    (try? kind(of: "\(root)/\(path)")) == .directory
  }

  /// Every file below a directory, sorted.
  static func files(below directory: String) throws -> [String] {
    try names(in: directory).flatMap { name in
      let path = "\(directory)/\(name)"
      return isDirectory(path) ? try files(below: path) : [path]
    }
  }
}
