import Glibc
import Host
import Testing

/// Outputs that are kept in `golden/`, so that a change of the compiler shows what it changes.
enum Golden {
  /// `UPDATE_GOLDEN=1` writes what is made, and then compares as usual.
  private static let updates = getenv("UPDATE_GOLDEN").map { String(cString: $0) } == "1"

  /// Compares with the file at `path`, from the repository's root.
  static func expect(
    _ text: String, at path: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    if updates {
      try makeDirectories(for: path)
      try writeFile("\(Repository.root)/\(path)", text)
    }
    guard let kept = try? Repository.text(path) else {
      Issue.record(
        "\(path) is missing: UPDATE_GOLDEN=1 swift test --filter GoldenTests writes it",
        sourceLocation: sourceLocation)
      return
    }
    if let difference = firstDifference(kept, text) {
      Issue.record("\(path):\(difference)", sourceLocation: sourceLocation)
    }
  }

  private static func makeDirectories(for path: String) throws {
    var directory = Repository.root
    for part in path.split(separator: "/").dropLast() {
      directory += "/\(part)"
      try makeDirectory(directory)
    }
  }
}

/// The first line that differs, as `LINE: kept «…», made «…»`; nil for equal texts.
func firstDifference(_ kept: String, _ made: String) -> String? {
  if kept.utf8.elementsEqual(made.utf8) { return nil }
  let kept = kept.split(separator: "\n", omittingEmptySubsequences: false)
  let made = made.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(kept, made).prefix { $0.utf8.elementsEqual($1.utf8) }.count
  func shown(_ lines: [Substring]) -> String {
    lines.indices.contains(line) ? "«\(lines[line])»" : "nothing"
  }
  return "\(line + 1): kept \(shown(kept)), made \(shown(made))"
}
