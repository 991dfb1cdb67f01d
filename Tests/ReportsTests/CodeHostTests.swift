import Diagnostics
import Manifests
import Reports
import Testing

/// The formats of GitHub's workflow commands and GitLab's Code Quality.
@Suite struct CodeHostTests {
  private func lines(_ report: FindingReport) -> [Substring] {
    ReportFormat.github.text(of: report).split(separator: "\n")
  }

  @Test func `an annotation has its file, line, column and rule`() {
    #expect(
      lines(Samples.report(Samples.finding())) == [
        "::warning file=shop/db.yaml,line=12,col=3,title=NPC004"
          + "::NetworkPolicy shop/db selects no pod"
      ])
  }

  @Test func `an annotation is one line, and its properties end where they should`() {
    let finding = Samples.finding(
      level: .note, message: "50%\r\na: b, c",
      at: Place(file: "a:b,c%.yaml", line: 1, column: 2), hint: "do\nthis")
    #expect(
      lines(Samples.report(finding)) == [
        "::notice file=a%3Ab%2Cc%25.yaml,line=1,col=2,title=NPC004"
          + "::50%25%0D%0Aa: b, c%0Ado%0Athis"
      ])
  }

  @Test func `errors come first, what has no file has no place, what was accepted is left out`() {
    let report = Samples.report(
      Samples.finding(level: .note, message: "n", at: nil), Samples.finding(message: "w", at: nil),
      Samples.finding(level: .error, message: "e", at: nil),
      Samples.finding(level: .error, message: "s", at: nil, suppression: "fine"))
    #expect(
      lines(report) == [
        "::error title=NPC004::e", "::warning title=NPC004::w", "::notice title=NPC004::n",
      ])
  }

  @Test func `more than ten of a kind are all printed, and counted before the other notices`() {
    func count(_ notes: Int, _ errors: Int) -> [Substring] {
      lines(
        Samples.report(
          (0..<notes).map { Samples.finding($0, level: .note) }
            + (0..<errors).map { Samples.finding($0, level: .error) }))
    }
    #expect(count(10, 10).count == 20)
    let many = count(11, 10_000)
    #expect(many.count == 10_012)
    #expect(
      many[10_000] == "::notice title=netpolc::10000 errors, 11 notices: GitHub shows 10 of each "
        + "kind as annotations, this step's log has all")
  }

  @Test func `a Code Quality entry has all that GitLab demands`() throws {
    let text = ReportFormat.gitlab.text(of: Samples.mixed)
    let entries = try Array(#require(parsed(text, as: "report.json").first).items)
    #expect(entries.count == 6)
    #expect(entries.map { $0["severity"]?.text }.prefix(3) == ["minor", "major", "info"])
    #expect(entries[0].at("location", "path")?.text == "shop/db.yaml")
    #expect(entries[0].at("location", "lines", "begin")?.integer == 12)
    #expect(entries[1]["description"]?.text == "\(Samples.nasty)\n\(Samples.nasty)")
    #expect(entries[2].at("location", "path")?.text == ".")
    #expect(entries[3].at("location", "lines", "begin")?.integer == 1)
    #expect(Set(entries.map { $0["fingerprint"]?.text }).count == 6)
    #expect(entries.allSatisfy { $0["check_name"] != nil })
  }
}
