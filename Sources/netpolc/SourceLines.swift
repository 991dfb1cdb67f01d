import Manifests

/// The lines of a file, found once for many findings in it.
struct SourceLines {
  private let file: ManifestFile
  private let starts: [Int]

  init(_ file: ManifestFile) {
    self.file = file
    var starts = [0]
    file.bytes.withUnsafeBufferPointer { bytes in
      for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
        starts.append(index + 1)
      }
    }
    self.starts = starts
  }

  /// The text of a line, counted from 1; nil for lines that are no lines for a reader, such as all
  /// of a file of JSON.
  subscript(number: Int) -> String? {
    guard number >= 1, number <= starts.count else { return nil }
    let start = starts[number - 1]
    let end = number < starts.count ? starts[number] - 1 : file.bytes.count
    guard end - start <= 10_000 else { return nil }
    let line = String(decoding: file.bytes[start..<end], as: UTF8.self)
    return String(line.drop { $0 == "\u{FEFF}" }.reversed().drop { $0 == "\r" }.reversed())
  }
}
