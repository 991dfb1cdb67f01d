import Diagnostics
import Manifests
import Reports
import Testing

/// The formats of test runners: JUnit's XML and TAP.
@Suite struct TestRunnerTests {
  private let checks = CheckReport(
    name: "shop.yaml",
    results: [
      CheckResult(name: "web reaches api", outcome: .passed),
      CheckResult(
        name: "nobody <reaches> \"db\"",
        outcome: .failed([
          Samples.finding(1, message: "shop/web & shop/db", hint: "Deny it."),
          Samples.finding(2, message: "second", at: nil),
        ])),
      CheckResult(name: "later #1", outcome: .skipped(reason: "no pod of shop/jobs")),
    ])

  @Test func `JUnit counts and names the checks`() {
    #expect(
      checks.junit == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="shop.yaml" tests="3" failures="1" errors="0" skipped="1">
          <testsuite name="shop.yaml" tests="3" failures="1" errors="0" skipped="1">
            <testcase classname="shop.yaml" name="web reaches api"/>
            <testcase classname="shop.yaml" name="nobody &lt;reaches&gt; &quot;db&quot;" \
        file="shop/db.yaml" line="12">
              <failure type="warning" message="shop/web &amp; shop/db (and 1 more)">\
        ./shop/db.yaml:12:3: shop/web &amp; shop/db
        Deny it. [NPC004]
        second [NPC004]</failure>
            </testcase>
            <testcase classname="shop.yaml" name="later #1">
              <skipped message="no pod of shop/jobs"/>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func `TAP has a plan, a point a check, and YAML below a failure`() throws {
    let lines = checks.tap.split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(5) == [
        "TAP version 14", "1..3", "ok 1 - web reaches api",
        "not ok 2 - nobody <reaches> \"db\"", "  ---",
      ])
    #expect(lines.suffix(2) == ["  ...", "ok 3 - later \\#1 # SKIP no pod of shop/jobs"])
    let block = lines[5..<(lines.count - 2)].map { $0.dropFirst(2) }.joined(separator: "\n")
    let findings = try #require(parsed(block, as: "block.yaml").first?["findings"])
    #expect(findings.count == 2)
    #expect(findings.at("0", "message")?.text == "shop/web & shop/db")
    #expect(findings.at("0", "at", "line")?.integer == 12)
    #expect(findings.at("1", "at") == nil)
  }

  @Test func `findings become checks: rules without one pass, notes and accepted ones are skipped`()
  {
    let report = Samples.report(
      Samples.finding(1), Samples.finding(2, level: .note, message: "only so"),
      Samples.finding(3, suppression: "wanted"))
    let results = CheckReport(report).results
    #expect(
      results.map(\.name) == [
        "NPC004 policy-selects-no-pod NetworkPolicy shop/db ./shop/db.yaml:12",
        "NPC004 policy-selects-no-pod NetworkPolicy shop/db ./shop/db.yaml:12",
        "NPC004 policy-selects-no-pod NetworkPolicy shop/db ./shop/db.yaml:12",
        "NPC005 open-to-all",
      ])
    #expect(
      results.map(\.outcome) == [
        .failed([report.findings[0]]), .skipped(reason: "only so"),
        .skipped(reason: "accepted: wanted"), .passed,
      ])
  }

  @Test func `a finding of a rule that nobody listed is not lost`() {
    let results = CheckReport(Samples.report(Samples.finding(rule: "odd"))).results
    #expect(results.map(\.name).last == "odd NetworkPolicy shop/db ./shop/db.yaml:12")
    #expect(results.count == 3)
  }

  @Test(arguments: [ReportFormat.junit, .tap])
  func `no control character reaches the text, and no line of a message starts one`(
    _ format: ReportFormat
  ) {
    let text = format.text(of: Samples.mixed)
    #expect(
      text.unicodeScalars.allSatisfy {
        $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && $0.value != 0xFFFE
      })
    switch format {
    case .junit:
      #expect(text.contains("50%, &quot;a&quot; &lt;b&gt; &amp; 'c'"))
      #expect(text.contains("&#13;&#10;&#10;&#9;tab"))
      #expect(!text.contains("]]>"))
    case .tap, .sarif, .github, .gitlab:
      let outer = text.split(separator: "\n").filter { !$0.hasPrefix("  ") }
      #expect(
        outer.allSatisfy { line in
          ["TAP ", "1..", "ok ", "not ok "].contains { line.hasPrefix($0) }
        })
    }
  }

  @Test(arguments: ReportFormat.allCases)
  func `ten thousand findings are printed, each once`(_ format: ReportFormat) {
    let findings = (0..<10_000).map { Samples.finding($0, message: "number \($0) ends") }
    let text = format.text(of: Samples.report(findings))
    let expected = format == .sarif ? 5000 : 10_000
    let perFinding = format == .junit ? 2 : 1
    #expect(text.ranges(of: " ends").count == expected * perFinding)
  }
}
