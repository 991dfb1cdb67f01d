import Diagnostics
import Manifests
import Testing

@Suite struct ErrorTests {
  @Test(arguments: [
    ("a: 1\n\tb: 2\n", "2:1: error: found a tab in the indentation, expected spaces"),
    ("a:\n\tb: 2\n", "2:1: error: found a tab in the indentation, expected spaces"),
    ("a:\n  b: 1\n\tc: 1\n", "3:1: error: found a tab in the indentation, expected spaces"),
    ("a:\n  - b\n  \t- c\n", "3:3: error: found a tab in the indentation, expected spaces"),
    ("a: b: c\n", "1:5: error: found `:` where no value can start"),
    ("a: - b\n", "1:4: error: found `-` where no list item can start"),
    ("spec\n  a: 1\n", "2:4: error: found `:` where no value can start"),
    ("a: 1\nfoo\nb: 2\n", "2:1: error: found text that is no `key: value`, expected `:` after it"),
    (
      "a: [1, 2\nb: 3\n",
      "2:2: error: found `:`, expected `,` or `]` in the list from 1:4"
    ),
    (
      "a: [1, 2",
      "1:9: error: found the end of the file, expected `,` or `]` in the list from 1:4"
    ),
    (
      "a: {b: 1\n",
      "2:1: error: found the end of the file, expected `,` or `}` in the mapping from 1:4"
    ),
    (
      "a: {b: 1]\n",
      "1:9: error: found `]`, expected `,` or `}` in the mapping from 1:4"
    ),
    (
      "a: \"x\nb: 1\n",
      "1:4: error: found the end of the file in quoted text, expected a closing quote"
    ), ("a: 'x", "1:4: error: found the end of the file in quoted text, expected a closing quote"),
    (
      "a: \"x\n---\n",
      "1:4: error: found a document's start or end in quoted text, expected a closing quote"
    ), ("a: \"\\q\"\n", "1:5: error: found an unknown escape in quoted text"),
    ("a: \"\\x4\"\n", "1:7: error: found `4`, expected hexadecimal digits of an escape"),
    ("a: @b\n", "1:4: error: found `@`, which cannot start a value"),
    ("a: `b`\n", "1:4: error: found \"`\", which cannot start a value"),
    ("a: %b\n", "1:4: error: found `%`, which cannot start a value"),
    ("a: 1\n b: 2\n", "2:3: error: found `:` where no value can start"),
    (
      "a:\n  - 1\n  b: 2\n",
      "3:3: error: found `b`, expected `-` or the end of the list from 2:3"
    ),
    (
      "- a\nb: 1\n",
      "2:1: error: found `b`, expected `-` or the end of the list from 1:1"
    ),
    (
      "a: 1\n- b\n",
      "2:1: error: found `-`, expected a key of the mapping from 1:1"
    ),
    ("a: !x!y 1\n", "1:4: error: found a tag with an undefined prefix"),
    ("a: &\n", "1:5: error: found the end of the line, expected the name of an anchor"),
    ("a: *\n", "1:5: error: found the end of the line, expected the name of an anchor"),
    ("a: |x\n", "1:5: error: found `x`, expected the end of the line"),
    ("a: |\n\tb\n", "2:1: error: found a tab in the indentation, expected spaces"),
    ("a: }\n", "1:4: error: found `}`, expected a value"),
    ("a: ,\n", "1:4: error: found `,`, expected a value"),
    ("{a: 1} x\n", "1:8: error: found `x`, expected `---` or the end of the file"),
    ("\"a\" b\n", "1:5: error: found `b`, expected `---` or the end of the file"),
    ("%YAML 3.0\n---\n", "1:1: error: found a version of YAML that is not 1.1 or 1.2"),
    ("%FOO\n---\na: 1\n", "1:5: error: found an unknown directive, expected `%YAML` or `%TAG`"),
    ("a: 1\n... x\n", "2:5: error: found `x`, expected `---` or the end of the file"),
    ("? [a]\n: 1\n", "1:3: error: found a list as a key, expected a string"),
    ("[a]: 1\n", "1:1: error: found a list as a key, expected a string"),
    ("{a: 1}: 1\n", "1:1: error: found a mapping as a key, expected a string"),
    (
      ": 1\n", "1:1: error: found `:`, expected a key of the mapping from 1:1"
    ),
    ("~: 1\n", "1:1: error: found null as a key, expected a string"),
    ("a: \u{1}\n", "1:4: error: found the control character U+0001, expected text"),
    ("a: é\u{7F}\n", "1:5: error: found the control character U+007F, expected text"),
    ("a: \u{9B}\n", "1:4: error: found the control character U+009B, expected text"),
    ("a: \u{FFFF}\n", "1:4: error: found the control character U+FFFF, expected text"),
    ("a: é\u{0}\n", "1:5: error: found the control character U+0000, expected text"),
    ("é: [\n", "2:1: error: found the end of the file, expected a value"),
  ])
  func `what is no YAML is refused where it goes wrong`(_ text: String, _ error: String) {
    #expect(headlines(text) == ["a.yaml:\(error) [yaml-syntax]"])
  }

  @Test(arguments: [
    (
      "{\"a\": 1,\n",
      "2:1: error: found the end of the file, expected another key in quotes after `,`"
    ), ("{\"a\": 1", "1:8: error: found the end of the file, expected `,` or `}`"),
    ("{\"a\": 1,}", "1:9: error: found `}`, expected another key in quotes after `,`"),
    ("[1,]", "1:4: error: found `]`, expected a value"),
    ("[1 2]", "1:4: error: found `2`, expected `,` or `]`"),
    ("[,]", "1:2: error: found `,`, expected a value or `]`"),
    ("{", "1:2: error: found the end of the file, expected a key in quotes or `}`"),
    ("[", "1:2: error: found the end of the file, expected a value or `]`"),
    ("{\"a\"", "1:5: error: found the end of the file, expected `:` after the key"),
    ("{\"a\":", "1:6: error: found the end of the file, expected a value"),
    ("{\"a\" 1}", "1:6: error: found `1`, expected `:` after the key"),
    ("{a: 1}", "1:2: error: found `a`, expected a key in quotes or `}`"),
    ("{'a': 1}", "1:2: error: found `'`, expected a key in quotes or `}`"),
    ("[1}", "1:3: error: found `}`, expected `,` or `]`"),
    ("{\"a\": 1]", "1:8: error: found `]`, expected `,` or `}`"),
    ("[1]]", "1:4: error: found `]`, expected another value or the end of the file"),
    ("{} x", "1:4: error: found `x`, expected another value or the end of the file"),
    ("{},{}", "1:3: error: found `,`, expected another value or the end of the file"),
    ("// c\n{}", "1:1: error: found `/`, expected a value"),
    ("{\n  # c\n}", "2:3: error: found `#`, expected a key in quotes or `}`"),
    ("[\"a", "1:2: error: found the end of the file in a string, expected `\"`"),
    ("[\"a\nb\"]", "1:4: error: found a line break in a string, expected `\"`"),
    ("[\"a\tb\"]", "1:4: error: found a tab in a string, expected `\"`"),
    ("[\"a\\", "1:5: error: found the end of the file, expected one of `\"\\/bfnrtu` after `\\`"),
    ("[\"\\q\"]", "1:4: error: found `q`, expected one of `\"\\/bfnrtu` after `\\`"),
    ("[\"\\u12\"]", "1:7: error: found `\"`, expected 4 hexadecimal digits after `\\u`"),
    ("[\"\\u12g4\"]", "1:7: error: found `g`, expected 4 hexadecimal digits after `\\u`"),
    ("[\"\\ud800\"]", "1:3: error: found half of a surrogate pair, U+D800"),
    ("[\"\\udc00x\"]", "1:3: error: found half of a surrogate pair, U+DC00"),
    ("[\"\\ud800\\u0041\"]", "1:3: error: found half of a surrogate pair, U+D800"),
    ("[\"é\\ud800\\n\"]", "1:4: error: found half of a surrogate pair, U+D800"),
    ("[01]", "1:2: error: found `01`, expected a number"),
    ("[1.]", "1:2: error: found `1.`, expected a number"),
    ("[.5]", "1:2: error: found `.5`, expected a value or `]`"),
    ("[+1]", "1:2: error: found `+1`, expected a value or `]`"),
    ("[-]", "1:2: error: found `-`, expected a number"),
    ("[1e]", "1:2: error: found `1e`, expected a number"),
    ("[1e+]", "1:2: error: found `1e+`, expected a number"),
    ("[0x10]", "1:2: error: found `0x10`, expected a number"),
    ("[1_000]", "1:2: error: found `1_000`, expected a number"),
    ("[1a]", "1:2: error: found `1a`, expected a number"),
    ("[--1]", "1:2: error: found `--1`, expected a number"),
    ("[NaN]", "1:2: error: found `NaN`, expected a value or `]`"),
    ("[True]", "1:2: error: found `True`, expected a value or `]`"),
    ("[nul]", "1:2: error: found `nul`, expected a value or `]`"),
    ("truefalse", "1:1: error: found `truefalse`, expected a value"),
    ("[\u{1}]", "1:2: error: found the control character U+0001, expected text"),
    ("[\"é\u{1F}\"]", "1:4: error: found the control character U+001F, expected text"),
    ("[\u{A0}1]", "1:2: error: found ` `, expected a value or `]`"),
    ("{\"a\": 1}\n{\"b\": }", "2:7: error: found `}`, expected a value"),
    ("[\"é\", x]", "1:7: error: found `x`, expected a value"),
    ("]", "1:1: error: found `]`, expected a value"),
  ])
  func `what is no JSON is refused where it goes wrong`(_ text: String, _ error: String) {
    #expect(headlines(text, "a.json") == ["a.json:\(error) [json-syntax]"])
  }

  @Test(
    arguments: [
      ([0x61, 0xFF], "1:2", "0xFF"), ([0x61, 0x0A, 0x62, 0x80], "2:2", "0x80"),
      ([0xC3, 0xA9, 0xC0, 0xAF], "1:2", "0xC0"), ([0xE0, 0x9F, 0xBF], "1:1", "0xE0"),
      ([0xED, 0xA0, 0x80], "1:1", "0xED"), ([0xF0, 0x8F, 0xBF, 0xBF], "1:1", "0xF0"),
      ([0xF4, 0x90, 0x80, 0x80], "1:1", "0xF4"), ([0xF5, 0x80, 0x80, 0x80], "1:1", "0xF5"),
      ([0x61, 0xE2, 0x82], "1:2", "0xE2"), ([0xC3, 0x28], "1:1", "0xC3"), ([0xC3], "1:1", "0xC3"),
      ([0xE2, 0x82, 0x41], "1:1", "0xE2"),
      (Array(repeating: 0x61, count: 15) + [0xA9], "1:16", "0xA9"),
    ] as [([UInt8], String, String)])
  func `bytes that are not UTF-8 are refused in both formats`(
    _ bytes: [UInt8], _ place: String, _ byte: String
  ) {
    for path in ["a.yaml", "a.json"] {
      #expect(
        headlines(bytes, path)
          == ["\(path):\(place): error: found the byte \(byte), expected UTF-8 text [invalid-utf8]"]
      )
    }
  }

  @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61]] as [[UInt8]])
  func `UTF-16 is refused with a way to convert it`(_ bytes: [UInt8]) {
    for path in ["a.yaml", "a.json", "-"] {
      #expect(
        headlines(bytes, path)
          == ["\(path):1:1: error: found UTF-16 text, expected UTF-8 [invalid-utf8]"])
    }
  }

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

  @Test func `duplicate keys are reported before the end of the file is refused, up to a limit`() {
    let text = String(repeating: "a: 1\n", count: 1000) + "b: ]\n"
    let found = headlines(text)
    #expect(found.count == 0 + 1)
    #expect(headlines("x: {a: 1, a: 1}\nb: ]\n").count == 2)
    #expect(headlines(String(repeating: "a: 1\n", count: 1000)).count == 100)
  }

  @Test(arguments: [
    ("a: !!binary aGk=\n", "1:4: error: found the tag `!!binary`, expected plain values"),
    ("a: !custom x\n", "1:4: error: found the tag `!custom`, expected plain values"),
    ("!custom {a: 1}\n", "1:1: error: found the tag `!custom`, expected plain values"),
    ("a: !!set {}\n", "1:4: error: found the tag `!!set`, expected plain values"),
    ("a: !!map []\n", "1:4: error: found the tag `!!map`, expected plain values"),
    ("a: !!str {}\n", "1:4: error: found the tag `!!str`, expected plain values"),
    ("a: !!seq x\n", "1:4: error: found the tag `!!seq`, expected plain values"),
    (
      "a: !!timestamp 2001-01-01\n",
      "1:4: error: found the tag `!!timestamp`, expected plain values"
    ),
    ("a: !!int x\n", "1:4: error: found `x` with the tag `!!int`, which it does not fit"),
    ("a: !!int 1.5\n", "1:4: error: found `1.5` with the tag `!!int`, which it does not fit"),
    ("a: !!bool 1\n", "1:4: error: found `1` with the tag `!!bool`, which it does not fit"),
    ("a: !!null x\n", "1:4: error: found `x` with the tag `!!null`, which it does not fit"),
    ("a: !!float x\n", "1:4: error: found `x` with the tag `!!float`, which it does not fit"),
    ("!!binary a: 1\n", "1:1: error: found the tag `!!binary`, expected plain values"),
  ])
  func `a tag that we cannot honor is refused`(_ text: String, _ error: String) {
    #expect(headlines(text) == ["a.yaml:\(error) [unsupported-tag]"])
  }
}
