import Diagnostics
import Manifests

/// A comment `# netpolc:ignore …` in a file of YAML.
struct SuppressionComment {
  /// What stands after the marker.
  let text: String
  let location: SourceLocation
  /// The line that it is about.
  let target: Int

  private static let marker = Array("netpolc:ignore".utf8)

  static func all(in file: ManifestFile) -> [SuppressionComment] {
    // Most files have none, and looking for the marker's rarest letter is quick.
    if !file.bytes.contains(UInt8(ascii: "#")) || file.path.hasSuffix(".json") { return [] }
    var found: [SuppressionComment] = []
    /// Comments that stand alone, waiting for the line that they are about.
    var waiting: [(text: String, location: SourceLocation)] = []
    var number = 0
    for line in file.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let comment = text(in: line)
      let isOwnLine = line.first { $0 != 32 && $0 != 9 } == UInt8(ascii: "#")
      if let comment {
        let location = SourceLocation(file: file.path, line: number, column: comment.column)
        if isOwnLine {
          waiting.append((comment.text, location))
        } else {
          found.append(SuppressionComment(text: comment.text, location: location, target: number))
        }
      }
      if isOwnLine || waiting.isEmpty { continue }
      found += waiting.map {
        SuppressionComment(text: $0.text, location: $0.location, target: number)
      }
      waiting = []
    }
    return found
      + waiting.map { SuppressionComment(text: $0.text, location: $0.location, target: number) }
  }

  /// What stands after the marker in a comment, which starts with `#` at the line's start or after
  /// a space.
  private static func text(in line: ArraySlice<UInt8>) -> (text: String, column: Int)? {
    var start = line.startIndex
    while let hash = line[start...].firstIndex(of: UInt8(ascii: "#")) {
      start = hash + 1
      guard hash == line.startIndex || line[hash - 1] == 32 || line[hash - 1] == 9 else { continue }
      let rest = line[start...].drop { $0 == 32 || $0 == 9 }
      guard rest.starts(with: marker) else { continue }
      let column = String(decoding: line[..<hash], as: UTF8.self).unicodeScalars.count + 1
      let text = rest.dropFirst(marker.count)
      guard text.first.map({ $0 == 32 || $0 == 9 || $0 == 13 }) ?? true else { continue }
      return (String(decoding: text, as: UTF8.self), column)
    }
    return nil
  }
}
