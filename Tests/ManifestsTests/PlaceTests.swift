import Diagnostics
import Manifests
import Testing

@Suite struct PlaceTests {
  /// Each key and value as `what@line:column`.
  private func places(_ value: ManifestValue) -> [String] {
    func at(_ name: String, _ location: InputLocation) -> String {
      "\(name)@\(location.line):\(location.column)"
    }
    switch value.kind {
    case .sequence: return [at("[]", value.location)] + value.items.flatMap(places)
    case .mapping:
      return [at("{}", value.location)]
        + value.members.flatMap { [at($0.key, $0.keyLocation)] + places($0.value) }
    default: return [at(value.text, value.location)]
    }
  }

  private func places(_ text: String, _ path: String = "a.yaml") -> String {
    read(text, path).documents.flatMap(places).joined(separator: " ")
  }

  @Test(arguments: [
    ("a: 1\nb:\n  - x\n  - y: 2\n", "{}@1:1 a@1:1 1@1:4 b@2:1 []@3:3 x@3:5 {}@4:5 y@4:5 2@4:8"),
    ("a: {b: [c, 'd']}\n", "{}@1:1 a@1:1 {}@1:4 b@1:5 []@1:8 c@1:9 d@1:12"),
    ("é: ü\n😀: x\n", "{}@1:1 é@1:1 ü@1:4 😀@2:1 x@2:4"),
    ("\u{FEFF}a: 1\n", "{}@1:1 a@1:1 1@1:4"),
    ("a: 1\r\nb: 2\r\n", "{}@1:1 a@1:1 1@1:4 b@2:1 2@2:4"),
    ("a: |\n  text\n", "{}@1:1 a@1:1 text\n@1:4"),
    ("a: &x 1\nb: !!str 2\n", "{}@1:1 a@1:1 1@1:4 b@2:1 2@2:4"),
    ("---\na: 1\n---\n\n- b\n", "{}@2:1 a@2:1 1@2:4 []@5:1 b@5:3"),
    ("a:\nb:\n", "{}@1:1 a@1:1 @1:3 b@2:1 @2:3"),
    // These end lines for libyaml, but not for editors.
    ("a: \"x\u{2028}y\"\nb: 2\n", "{}@1:1 a@1:1 x\u{2028}y@1:4 b@2:1 2@2:4"),
    ("a: 1\rb: 2\nc: 3\n", "{}@1:1 a@1:1 1@1:4 b@1:6 2@1:9 c@2:1 3@2:4"),
    ("a: 1\u{85}b: é\u{2029}c: 3\n", "{}@1:1 a@1:1 1@1:4 b@1:6 é@1:9 c@1:11 3@1:14"),
  ])
  func `YAML values have the place of their first character`(_ text: String, _ places: String) {
    #expect(self.places(text) == places)
  }

  @Test(arguments: [
    (#"{"a": [1, "b"]}"#, "{}@1:1 a@1:2 []@1:7 1@1:8 b@1:11"),
    ("{\n  \"a\":\n    true\n}\n[\"x\"]", "{}@1:1 a@2:3 true@3:5 []@5:1 x@5:2"),
    (#"["é😀", "\u00e9\n", 1]"#, "[]@1:1 é😀@1:2 é\n@1:8 1@1:20"),
    ("[\"ééééééééé\"\r\n, \"é\", 2]", "[]@1:1 ééééééééé@1:2 é@2:3 2@2:8"),
    ("\u{FEFF}[1]", "[]@1:1 1@1:2"),
  ])
  func `JSON values have the place of their first character`(_ text: String, _ places: String) {
    #expect(self.places(text, "a.json") == places)
  }

  @Test func `an aliased value has the place where it is written`() {
    #expect(
      places("a: &x\n  b: 1\nc: *x\nd: 3\n")
        == "{}@1:1 a@1:1 {}@1:4 b@2:3 1@2:6 c@3:1 {}@1:4 b@2:3 1@2:6 d@4:1 3@4:4")
  }

  @Test func `a file has lines that fit the places`() {
    let file = ManifestFile(path: "x", bytes: Array("\u{FEFF}é\r\n\nb\r".utf8) + [0xFF])
    #expect((0...5).map(file.line) == [nil, "é", "", "b\r\u{FFFD}", nil, nil])
    #expect(ManifestFile(path: "x", bytes: []).line(1) == "")
    #expect(ManifestFile(path: "x", bytes: Array("a\n".utf8)).line(2) == "")
    #expect(ManifestFile(path: "x", bytes: Array("a\n".utf8)).line(3) == nil)
    #expect(ManifestFile(path: "x", bytes: Array("a".utf8)).line(Int.max) == nil)
  }
}
