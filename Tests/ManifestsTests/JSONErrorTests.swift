import Diagnostics
import Manifests
import Testing

@Suite struct JSONErrorTests {
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
}
