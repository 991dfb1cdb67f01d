import Diagnostics
import Manifests
import Nftables
import TestSupport
import Testing

/// The same objects make the same ruleset in whatever order, files and format they come.
@Suite struct OrderTests {
  @Test(arguments: Example.all)
  func `files and documents in any order make the same ruleset`(_ example: Example) throws {
    let files = try example.files()
    let expected = try placeless(files)
    for seed in 0..<8 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let shuffled = files.map { file in
        guard !file.path.hasSuffix(".json") else { return file }
        let documents = self.documents(of: file).shuffled(using: &random)
        return ManifestFile(
          path: file.path, bytes: Array(documents.joined(separator: "\n---\n").utf8))
      }
      let ruleset = try placeless(shuffled.shuffled(using: &random))
      let difference = firstDifference(expected, ruleset)
      #expect(difference == nil, "seed \(seed)")
    }
  }

  @Test(arguments: Example.all)
  func `all documents in one file make the same ruleset`(_ example: Example) throws {
    let files = try example.files()
    var random = SplitMix64(seed: 1)
    // JSON is YAML as well.
    let documents = files.flatMap { self.documents(of: $0) }.shuffled(using: &random)
    let all = ManifestFile(
      path: "all.yaml", bytes: Array(documents.joined(separator: "\n---\n").utf8))
    #expect(firstDifference(try placeless(files), try placeless([all])) == nil)
  }

  @Test(arguments: Example.all)
  func `the same objects as JSON make the same ruleset`(_ example: Example) throws {
    let files = try example.files()
    var diagnostics = Diagnostics()
    let values = files.flatMap { parseManifest($0, &diagnostics) }
    let all = ManifestFile(path: "all.json", bytes: Array(values.map(\.json.text).joined().utf8))
    #expect(firstDifference(try placeless(files), try placeless([all])) == nil)
  }

  /// The text between lines `---`.
  private func documents(of file: ManifestFile) -> [String] {
    String(decoding: file.bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .split { $0 == "---" }.map { $0.joined(separator: "\n") }
  }

  private func placeless(_ files: [ManifestFile]) throws -> String {
    let text = Example.ruleset(try Example.compiled(files).graph).text
    return text.split(separator: "\n").map { withoutPlace($0) }.joined(separator: "\n")
  }

  /// A rule without the place in its comment: the last word. A word that was cut to make room for a
  /// place is as long as the place let it, and goes as well.
  private func withoutPlace(_ line: Substring) -> String {
    guard line.hasPrefix("\t\t"), line.hasSuffix("\""),
      let comment = line.firstRange(of: " comment \"")?.upperBound
    else { return String(line) }
    let words = line[comment...].dropLast().split(separator: " ")
    guard let place = words.last, place.contains(":") else { return String(line) }
    return String(line[..<comment])
      + words.dropLast().map { $0.contains("...") ? "..." : $0 }.joined(separator: " ")
  }
}
