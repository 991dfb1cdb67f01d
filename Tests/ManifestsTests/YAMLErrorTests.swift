import Diagnostics
import Manifests
import Testing

@Suite struct YAMLErrorTests {
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
