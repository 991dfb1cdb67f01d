import Manifests
import Nftables
import Testing

@Suite struct ExampleTests {
  @Test func `there are examples`() { #expect(Example.all.count >= 9) }

  @Test(arguments: Example.all)
  func `an example makes what is kept of it`(_ example: Example) throws {
    for (file, text) in try example.outputs() {
      try Golden.expect(text, at: "\(example.golden)/\(file)")
    }
  }

  @Test(arguments: Example.all)
  func `the first line of an example's file says what it shows`(_ example: Example) throws {
    for file in try example.files() where !file.path.hasSuffix(".json") {
      let line = file.line(1) ?? ""
      #expect(line.hasPrefix("# ") && line.utf8.count > 20, "\(file.path)")
    }
  }

  @Test(arguments: Example.all)
  func `a ruleset is read as the values it was printed from`(_ example: Example) throws {
    let ruleset = try example.ruleset()
    #expect(try Ruleset(parsing: ruleset.text) == ruleset)
    #expect(ruleset.tables.flatMap(\.problems).isEmpty)
  }
}
