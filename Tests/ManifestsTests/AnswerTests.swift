import Diagnostics
import Manifests
import Testing

@Suite struct AnswerTests {
  private func answer(_ text: String) -> (values: [ManifestValue], problems: [String]) {
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "answer.yaml", bytes: Array(text.utf8))
    let values = parseJSON(file, &diagnostics)
    return (values, diagnostics.all.map(\.headline))
  }

  @Test func `an answer is JSON, whatever it is called and starts with`() {
    #expect(answer(#"{"a": [1]}"#).values.map(dump) == ["{a: [1]}"])
    #expect(
      answer("a: 1").problems == [
        "answer.yaml:1:1: error: found `a`, expected a value [json-syntax]"
      ])
  }

  @Test func `a value may be put into a file of another name`() throws {
    let value = try #require(answer("{\"a\":\n {\"b\": \"\\u0041\"}}").values.first)
    let renamed = try #require(value["a"]?.inFile("pods/shop/web-0@5"))
    #expect(dump(renamed) == "{b: 'A'}")
    #expect(renamed["b"]?.location.description == "pods/shop/web-0@5:2:8")
    #expect(value["a"]?.location.description == "answer.yaml:2:2")
  }
}
