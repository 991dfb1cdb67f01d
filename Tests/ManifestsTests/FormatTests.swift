import Diagnostics
import Manifests
import Testing

@Suite struct FormatTests {
  @Test(arguments: [
    ("a: 1\nb: [x, z]\n", #"{"a": 1, "b": ["x", "z"]}"#),
    ("- 1\n- - 2\n  - 3\n- {}\n- []\n", "[1, [2, 3], {}, []]"),
    ("a:\n  b:\n    c: true\n", #"{"a":{"b":{"c":true}}}"#),
    ("a:\nb: ~\nc: null\n", #"{"a": null, "b": null, "c": null}"#),
    (#"a: "x\ty\u00e9\n""#, #"{"a": "x\ty\u00E9\n"}"#),
    ("a: 'it''s'\nb: \"80\"\n", #"{"a": "it's", "b": "80"}"#),
    ("a: |\n  x\n   y\nb: >-\n  x\n  y\n", #"{"a": "x\n y\n", "b": "x y"}"#),
    ("a: 1.5\nb: 1e3\nc: -0.0\n", #"{"a":1.5,"b":1e3,"c":-0.0}"#),
    ("---\na: 1\n---\nb: 2\n...\n", #"{"a": 1} {"b": 2}"#),
    ("80: x\ntrue: x\n1.5: z\n", #"{"80": "x", "true": "x", "1.5": "z"}"#),
    ("ключ: 値\n😀: é\n", #"{"ключ": "値", "\ud83d\uDE00": "\u00e9"}"#),
    (
      "a: -9223372036854775808\nb: 9223372036854775807\n",
      #"{"a": -9223372036854775808, "b":9223372036854775807}"#
    ),
    ("a: 99999999999999999999\n", #"{"a":99999999999999999999}"#),
    ("plain text\n", #""plain text""#),
    ("? a\n: 1\n", #"{"a": 1}"#),
    ("{a: 1, \"b\": [2, {c: d}], }", #"{"a": 1, "b": [2, {"c": "d"}]}"#),
    ("a: x # comment\n# more\n", "{\"a\":\r\n\t\"x\"\r\n}\r\n"),
    ("a: \"\"\n\"\": b\n", #"{"a": "", "": "b"}"#),
    ("\u{FEFF}a: 1\n", "\u{FEFF}{\"a\": 1}"),
    ("a: '\\'\nb: \"\\/\\\\\"\n", #"{"a": "\\", "b": "\/\\"}"#),
    ("", ""), ("\n# nothing\n---\n---\n# more\n", " \n\t "), ("--- null\n", "null"),
  ])
  func `YAML and JSON of the same meaning are the same values`(_ yaml: String, _ json: String) {
    #expect(dump(yaml, "a.yaml") == dump(json, "a.json"))
    #expect(!read(yaml, "a.yaml").diagnostics.hasErrors)
    #expect(!read(json, "a.json").diagnostics.hasErrors)
  }

  @Test(arguments: [
    ("a.json", "[1]", "[1]"), ("-", "\n {\"a\": 1}", "{a: 1}"), ("-", "\u{FEFF}[1]", "[1]"),
    ("<stdin>", "a: {b: 1}", "{a: {b: 1}}"), ("a.yml", "{a: 1}", "{a: 1}"), ("-", "", ""),
    ("-", "{a: 1}", "-:1:2: error: found `a`, expected a key in quotes or `}` [json-syntax]"),
    ("a.json", "a: 1", "a.json:1:1: error: found `a`, expected a value [json-syntax]"),
  ])
  func `the format comes from the name, or from the first character`(
    _ path: String, _ text: String, _ values: String
  ) {
    #expect(dump(text, path) == values)
  }

  @Test func `JSON that is also YAML reads the same as either`() {
    let json = """
      {"apiVersion": "v1", "items": [{"metadata": {"name": "a", "labels": {"x": "y"}},
        "spec": {"ports": [{"port": 80, "protocol": "TCP"}], "ok": true, "none": null}}]}
      """
    #expect(dump(json, "a.json") == dump(json, "a.yaml"))
  }

  @Test func `members are found by name, and scalars compared, without text`() throws {
    let value = try #require(read("kind: Pod\nspec: {x: 80}\n").documents.first)
    #expect(value["kind"]?.textEquals("Pod") == true)
    #expect(value["kind"]?.textEquals("pod") == false)
    #expect(value["kind"]?.textEquals("") == false)
    #expect(value["spec"]?["x"]?.integer == 80)
    #expect(value["spec"]?.textEquals("") == true)
    #expect(value["none"] == nil)
    #expect(value["kind"]?["kind"] == nil)
    #expect(value.count == 2)
    #expect(value["kind"]?.count == 0)
    #expect(value.members.contains { $0.keyEquals("spec") })
    #expect(value.items.map(\.text) == [])
  }
}
