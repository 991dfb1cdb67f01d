import Diagnostics
import Manifests
import Testing

@Suite struct LimitTests {
  private func nested(_ depth: Int, _ open: String, _ close: String) -> String {
    String(repeating: open, count: depth) + String(repeating: close, count: depth)
  }

  @Test func `100 levels are read, and may be walked`() {
    #expect(dump(nested(100, "[", "]"), "a.json") == nested(100, "[", "]"))
    #expect(dump(nested(100, "[", "]"), "a.yaml") == nested(100, "[", "]"))
    #expect(read(String(repeating: "- ", count: 100) + "1").documents.count == 1)
  }

  @Test(arguments: [
    ("[", "a.json", "1:101"), ("[", "a.yaml", "1:101"), ("{\"a\":", "a.json", "1:501"),
    ("- ", "a.yaml", "1:201"), ("{a: ", "a.yaml", "1:401"), ("[[[]],", "a.json", "1:591"),
  ])
  func `more levels are refused at the first of them, however many there are`(
    _ open: String, _ path: String, _ place: String
  ) {
    for count in [101, 200_000] {
      #expect(
        headlines(String(repeating: open, count: count), path)
          == ["\(path):\(place): error: found more than 100 levels of nesting [too-deep]"])
    }
  }

  @Test func `aliases inside of aliases count as levels`() {
    var limits = ManifestLimits()
    limits.depth = 4
    #expect(read("- &a [[x]]\n- [*a]\n", limits: limits).documents.count == 1)
    #expect(
      read("- &a [[x]]\n- [[*a]]\n", limits: limits).diagnostics.all.map(\.headline)
        == ["a.yaml:2:5: error: found more than 4 levels of nesting [too-deep]"])
    #expect(
      read("- &a [[x]]\n- &b [*a]\n- [*b]\n", limits: limits).diagnostics.all.map(\.headline)
        == ["a.yaml:3:4: error: found more than 4 levels of nesting [too-deep]"])
  }

  @Test func `a file that is too large is refused`() {
    var limits = ManifestLimits()
    limits.jsonBytes = 5
    limits.yamlBytes = 4
    #expect(read("[100]", "a.json", limits: limits).documents.count == 1)
    #expect(
      read("[1000]", "a.json", limits: limits).diagnostics.all.map(\.headline)
        == ["a.json:1:1: error: found 6 bytes, expected at most 5 [too-large]"])
    #expect(
      read("[100]", "a.yaml", limits: limits).diagnostics.all.map(\.headline)
        == ["a.yaml:1:1: error: found 5 bytes, expected at most 4 [too-large]"])
  }

  @Test func `directives are refused when there are many`() {
    let many = (0..<65).map { "%TAG !t\($0)! x\n" }.joined()
    #expect(
      headlines(many + "---\na: 1\n") == [
        "a.yaml:65:1: error: found more than 64 directives, lines that start with `%` [yaml-syntax]"
      ])
    // Unicode's line breaks start lines too.
    let odd = (0..<65).map { "%TAG !t\($0)! x\u{2028}\u{85}" }.joined()
    #expect(headlines(odd).count == 1)
    #expect(headlines(odd).first?.contains("more than 64 directives") == true)
    // Inside of a document, they are text.
    #expect(
      headlines("a: \"\n" + String(repeating: "%\nx\n", count: 99) + "\"") == ["and documents"])
    #expect(dump("%YAML 1.1\n%TAG !t! tag:yaml.org,2002:\n---\na: !t!str 1\n") == "{a: '1'}")
  }

  @Test func `mappings with many keys are read`() {
    let keys = (0..<3000).map { "key-\($0)" }
    let json = "{" + keys.map { "\"\($0)\": {\"\($0)\": 1}" }.joined(separator: ",") + "}"
    for path in ["a.json", "a.yaml"] {
      let (documents, diagnostics) = read(json, path)
      #expect(!diagnostics.hasErrors)
      #expect(documents.first?.members.map(\.key) == keys)
    }
  }
}
