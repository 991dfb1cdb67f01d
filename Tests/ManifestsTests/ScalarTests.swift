import Diagnostics
import Manifests
import Testing

@Suite struct ScalarTests {
  @Test(arguments: [
    "~", "null", "Null", "NULL", "", "!!null ~", "!!null ''",
  ])
  func `null has its spellings`(_ text: String) {
    #expect(dump("a: \(text)") == "{a: null}")
  }

  @Test(arguments: [
    ("y Y yes Yes YES on On ON true True TRUE", "true"),
    ("n N no No NO off Off OFF false False FALSE", "false"),
  ])
  func `booleans are those of YAML 1.1`(_ spellings: String, _ value: String) {
    for spelling in spellings.split(separator: " ") {
      #expect(dump("a: \(spelling)") == "{a: \(value)}")
    }
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("+7", 7), ("80", 80), ("0x50", 80), ("0X5f", 95), ("-0x10", -16),
    ("0b101", 5), ("-0b1", -1), ("0o17", 15), ("010", 8), ("-010", -8), ("00", 0), ("1_000", 1000),
    ("0x_50", 80), ("1_", 1), ("0_", 0), ("9223372036854775807", Int.max),
    ("-9223372036854775808", Int.min), ("!!int 5", 5), ("!!int '5'", 5),
  ])
  func `integers have bases and underscores`(_ text: String, _ value: Int) {
    #expect(dump("a: \(text)") == "{a: \(value)}")
  }

  @Test(arguments: [
    "9223372036854775808", "-9223372036854775809", "0xFFFFFFFFFFFFFFFF", "18446744073709551616",
  ])
  func `an integer that does not fit has no value`(_ text: String) {
    #expect(dump("a: \(text)") == "{a: large \(text)}")
  }

  @Test(arguments: [
    "1.5", "-1.5", "+.5", ".5", "5.", "1e3", "1E-3", "1_0.5", "08", "089", ".inf", "-.Inf", "+.INF",
    ".nan", ".NaN", ".NAN", "1.e5",
  ])
  func `numbers have points and exponents`(_ text: String) {
    #expect(dump("a: \(text)") == "{a: number \(text)}")
  }

  @Test(arguments: [
    "nULL", "nuLL", "tRUE", "yES", "oN", "none", "yep", "t", "f", "o", "+", "0x", "0b2", "0o8",
    "0xg", "_1", "1.2.3", "10.0.0.1", "10.0.0.0/8", "1e", "1e+", ".", ".e1", ".5_0", "-.nan",
    ".Nan",
    "..inf", "2001-01-01", "2001-01-01T00:00:00Z", "12e34567", "1-2", "0x1p-2", "1 2", "fe80::1",
    "190:20:30", "<<", "~~", "=",
  ])
  func `other plain text is a string`(_ text: String) {
    #expect(dump("a: \(text)") == "{a: '\(text)'}")
  }

  @Test(arguments: [
    "\"80\"", "'80'", "!!str 80", "! 80", "|-\n  80", ">-\n  80", "!!str '80'",
    "!<tag:yaml.org,2002:str> 80",
  ])
  func `quotes, blocks and a tag make a string`(_ text: String) {
    #expect(dump("a: \(text)") == "{a: '80'}")
  }

  @Test func `tags that agree with the value are accepted`() {
    #expect(
      dump("!!map {a: !!seq [!!bool yes, !!float 1, !!float 1.5, !!str ~]}")
        == "{a: [true, number 1, number 1.5, '~']}")
  }

  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("-12", "-12"), ("80.0", "number 80.0"), ("8e1", "number 8e1"),
    ("1E+2", "number 1E+2"), ("0.5", "number 0.5"), ("0e0", "number 0e0"),
  ])
  func `JSON numbers are integers if written as such`(_ text: String, _ value: String) {
    #expect(dump("[\(text)]", "a.json") == "[\(value)]")
    #expect(dump(text, "a.json") == value)
  }
}
