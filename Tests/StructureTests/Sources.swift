import Host

/// What can be said of sources without compiling them. Paths are from the repository's root.
enum Sources {
  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")

  /// Every Swift file below a directory, sorted.
  static func swiftFiles(below directory: String = "Sources") throws -> [String] {
    try names(in: "\(root)/\(directory)").flatMap { name -> [String] in
      let path = "\(directory)/\(name)"
      if try kind(of: "\(root)/\(path)") == .directory { return try swiftFiles(below: path) }
      return name.hasSuffix(".swift") ? [path] : []
    }
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try readFile("\(root)/\(path)"), as: UTF8.self)
  }

  /// `Host` of `Sources/Host/Files.swift`.
  static func target(of path: String) -> String {
    String(path.split(separator: "/").dropFirst().first ?? "")
  }

  /// The modules that a file imports, whatever stands before `import` and after the module's name.
  static func imports(in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      // Indented, it is text of a string.
      guard line.first?.isWhitespace == false, !line.hasPrefix("//") else { return nil }
      let words = line.split(separator: " ")
      guard let position = words.firstIndex(of: "import") else { return nil }
      let kinds: Set<Substring> = ["class", "enum", "func", "let", "protocol", "struct", "var"]
      let name = words[(position + 1)...].first { !kinds.contains($0) }
      return name.map { String($0.prefix { $0 != "." }) }
    }
  }
}
