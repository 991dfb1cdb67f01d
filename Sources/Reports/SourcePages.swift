import Diagnostics

/// Where a code host shows the files of one version.
package struct SourcePages: Sendable {
  private let address: String
  private let directory: String

  /// - Parameters:
  ///   - address: of the repository's root, with a slash at its end.
  ///   - directory: what paths are relative to, from the repository's root.
  package init(at address: String, of directory: String) {
    self.address = address
    self.directory = directory
  }

  /// nil for what is in no file of the repository.
  package func page(of location: SourceLocation) -> String? {
    guard let path = ReportPath(location), !path.isAbsolute else { return nil }
    var parts: [Substring] = []
    for part in "\(directory)/\(path.text)".split(separator: "/") where part != "." {
      if part != ".." {
        parts.append(part)
      } else if parts.popLast() == nil {
        return nil
      }
    }
    return "\(address)\(ReportPath(parts.joined(separator: "/")).uri)#L\(location.line)"
  }
}
