import Diagnostics
import Manifests
import Testing

@Suite struct DuplicateKeyTests {
  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n'b': 4\na: 5\n", ["3:1 a 1", "4:1 b 2", "5:1 a 1"]),
    ("- {x: 1, x: 2}\n- y: 1\n  y: 2\n", ["1:10 x 1", "3:3 y 2"]),
    ("80: a\n\"80\": b\n", ["2:1 80 1"]), ("\"\\u0061\": 1\na: 2\n", ["2:1 a 1"]),
    ("\"a\\nb\": 1\n\"a\\nb\": 1\n", ["2:1 a?b 1"]),
    ((0..<20).map { "k\($0): \($0)\n" }.joined() + "k7: 1\n", ["21:1 k7 8"]),
  ])
  func `every duplicate key is found`(_ text: String, _ found: [String]) {
    let expected = found.map { entry in
      let part = entry.split(separator: " ")
      return "a.yaml:\(part[0]): error: found the key `\(part[1])` twice; "
        + "the first is on line \(part[2]) [duplicate-key]"
    }
    #expect(headlines(text) == expected)
  }

  @Test func `duplicate keys are found in JSON, through escapes`() {
    #expect(
      headlines("{\"a\": 1, \"\\u0061\": 2,\n \"b\": {\"a\": 1}, \"a\": 3}", "a.json") == [
        "a.json:1:10: error: found the key `a` twice; the first is on line 1 [duplicate-key]",
        "a.json:2:17: error: found the key `a` twice; the first is on line 1 [duplicate-key]",
      ])
  }

  @Test func `duplicate keys above a syntax error are reported with it`() {
    #expect(
      headlines("x: {a: 1, a: 1}\nb: ]\n") == [
        "a.yaml:1:11: error: found the key `a` twice; the first is on line 1 [duplicate-key]",
        "a.yaml:2:4: error: found `]`, expected a value [yaml-syntax]",
      ])
  }

  @Test func `duplicate keys are reported up to a limit`() {
    #expect(headlines(String(repeating: "a: 1\n", count: 1000)).count == 100)
  }
}
