import Lint
import Manifests
import Reports
import Testing

@Suite struct LintExampleTests {
  @Test func `every rule has an example of each kind, and every example a rule`() throws {
    let rules = Set(lintRules.map(\.about.id))
    #expect(Set(LintExample.all.map(\.rule)) == rules)
    for example in LintExample.all { #expect(try !example.files().isEmpty, "\(example)") }
  }

  @Test(arguments: LintExample.all)
  func `what is found in an example is kept`(_ example: LintExample) throws {
    try Golden.expect(try example.text(), at: example.golden)
  }

  @Test(arguments: LintExample.all)
  func `a bad example is found by its rule alone, and a good one by none`(
    _ example: LintExample
  ) throws {
    let report = lint(LintInput(try example.files()))
    let found = Set(report.findings.map(\.finding).filter { $0.suppression == nil }.map(\.rule))
    switch example.kind {
    case .bad: #expect(found == [example.rule])
    case .good: #expect(found == [])
    }
  }

  @Test(arguments: LintExample.all)
  func `the first line of a lint example says what it shows`(_ example: LintExample) throws {
    for file in try example.files() {
      let line = file.line(1) ?? ""
      #expect(line.hasPrefix("# ") && line.utf8.count > 20, "\(file.path)")
    }
  }
}
