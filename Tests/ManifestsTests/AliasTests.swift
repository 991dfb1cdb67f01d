import Diagnostics
import Manifests
import Testing

@Suite struct AliasTests {
  @Test(arguments: [
    ("a: &x [1, 2]\nb: *x\n", "{a: [1, 2], b: [1, 2]}"),
    ("a: &x 80\nb: [*x, *x]\n", "{a: 80, b: [80, 80]}"),
    ("&k name: a\nb: *k\n", "{name: 'a', b: 'name'}"),
    ("a: &x k\n*x : 1\n", "{a: 'k', k: 1}"),
    ("- &x 1\n- &x 2\n- *x\n", "[1, 2, 2]"),
    ("- &x [&y 1, *y]\n- *x\n- *y\n", "[[1, 1], [1, 1], 1]"),
    ("- &x [&x 1]\n- *x\n", "[[1], 1]"),
    ("a: &x ~\nb: *x\n", "{a: null, b: null}"),
    (
      "--- &x 1\n--- *x\n",
      "a.yaml:2:5: error: found an alias of `x`, which is no anchor above [yaml-syntax]"
    ),
  ])
  func `an alias is the value of its anchor`(_ text: String, _ values: String) {
    #expect(dump(text) == values)
  }

  @Test(arguments: [
    ("- &a {x: 1, y: 2}\n- <<: *a\n  z: 3\n", "{z: 3, x: 1, y: 2}"),
    ("- &a {x: 1, y: 2}\n- x: 9\n  <<: *a\n", "{x: 9, y: 2}"),
    ("- &a {x: 1, y: 2}\n- <<: *a\n  x: 9\n", "{x: 9, y: 2}"),
    ("- &a {x: 1}\n- &b {x: 2, y: 2}\n- <<: [*a, *b]\n", "{x: 1, y: 2}"),
    ("- <<: {x: 1}\n  y: 2\n", "{y: 2, x: 1}"),
    ("- <<: [{x: 1}, {x: 2, z: 3}]\n", "{x: 1, z: 3}"),
    ("- &a {x: {p: 1}}\n- &b {<<: *a, y: 2}\n- {<<: *b, z: 3}\n", "{z: 3, y: 2, x: {p: 1}}"),
    ("- <<: {}\n", "{}"), ("- <<: []\n  a: 1\n", "{a: 1}"), ("- '<<': 1\n", "{<<: 1}"),
    ("- !!merge <<: {x: 1}\n", "{x: 1}"), ("- !!str <<: 1\n", "{<<: 1}"),
  ])
  func `a merge key adds what the mapping lacks`(_ text: String, _ last: String) {
    let (documents, diagnostics) = read(text)
    #expect(diagnostics.all.isEmpty)
    let value = documents.first?.items.map { $0 }.last
    #expect(value.map(dump) == last)
    #expect(value?.count == value?.members.map(\.key).count)
    #expect(value?["<<"] == nil || !text.contains("- <<"))
  }

  @Test func `merged members are found by name and have the place where they are written`() throws {
    let value = try #require(read("a: &a\n  x: 1\nb:\n  <<: *a\n  y: 2\n").documents.first?["b"])
    #expect(value["x"]?.integer == 1)
    #expect(value["x"]?.location.line == 2)
    #expect(value.members.map(\.keyLocation.line) == [5, 2])
  }

  @Test(arguments: [
    ("a: *x\n", "1:4: error: found an alias of `x`, which is no anchor above [yaml-syntax]"),
    (
      "a: &x [1, *x]\n",
      "1:11: error: found an alias of `x` inside of its own value [alias-expansion]"
    ),
    (
      "a: &x\n  <<: *x\n",
      "2:7: error: found an alias of `x` inside of its own value [alias-expansion]"
    ),
    ("a: &x {}\n*x : 1\n", "2:1: error: found a mapping as a key, expected a string [yaml-syntax]"),
    ("a: &x []\n*x : 1\n", "2:1: error: found a list as a key, expected a string [yaml-syntax]"),
    ("a: &x ~\n*x : 1\n", "2:1: error: found null as a key, expected a string [yaml-syntax]"),
    (
      "a: &x k\nk: 1\n*x : 1\n",
      "3:1: error: found the key `k` twice; the first is on line 2 [duplicate-key]"
    ),
    (
      "<<: 1\n",
      "1:5: error: found no mapping after `<<`, expected one or a list of them [yaml-syntax]"
    ),
    (
      "<<: [{}, x]\n",
      "1:10: error: found no mapping after `<<`, expected one or a list of them [yaml-syntax]"
    ),
    (
      "<<: {a: 1}\nb: 1\n<<: {c: 1}\n",
      "3:1: error: found the key `<<` twice; the first is on line 1 [duplicate-key]"
    ),
    (
      "<<: {a: 1}\nb: 1\nb: 1\n",
      "3:1: error: found the key `b` twice; the first is on line 2 [duplicate-key]"
    ),
  ])
  func `an alias or a merge that makes no sense is refused`(_ text: String, _ error: String) {
    #expect(headlines(text) == ["a.yaml:\(error)"])
  }

  @Test func `aliases cannot expand to a billion values`() {
    let names = Array("abcdefghijklm")
    var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for (name, earlier) in zip(names.dropFirst(), names) {
      let items = Array(repeating: "*\(earlier)", count: 9).joined(separator: ", ")
      text += "\(name): &\(name) [\(items)]\n"
    }
    let found = headlines(text)
    #expect(
      found == ["a.yaml:6:8: error: aliases expand to more than 100000 values [alias-expansion]"])
  }

  @Test func `aliases may expand to as many values as the limit`() {
    var limits = ManifestLimits()
    limits.expandedValues = 20
    limits.expansionFactor = 2
    // 9 values in the source; 1 + 1 + 4 + 3 * 4.
    let text = "- &a [x, x, x]\n- *a\n- *a\n- *a\n"
    #expect(read(text, limits: limits).documents.count == 1)
    limits.expandedValues = 16
    let found = read(text, limits: limits).diagnostics.all.map(\.headline)
    #expect(found == ["a.yaml:4:3: error: aliases expand to more than 16 values [alias-expansion]"])
  }

  @Test func `merge keys cannot copy members without end`() {
    var limits = ManifestLimits()
    limits.mergedMembers = 10
    let text = "- &a {a: 1, b: 2, c: 3, d: 4}\n" + String(repeating: "- <<: *a\n", count: 8)
    #expect(
      read(text, limits: limits).diagnostics.all.map(\.headline)
        == ["a.yaml:8:3: error: merge keys (`<<`) copy more than 25 members [alias-expansion]"])
  }
}
