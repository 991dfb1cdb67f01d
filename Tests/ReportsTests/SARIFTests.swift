import Diagnostics
import Manifests
import Reports
import Testing

@Suite struct SARIFTests {
  private func run(_ report: FindingReport) throws -> ManifestValue {
    let log = try #require(try parsed(report.sarif.text, as: "report.json").first)
    #expect(log["version"]?.text == "2.1.0")
    return try #require(log.at("runs", "0"))
  }

  private func results(_ report: FindingReport) throws -> [ManifestValue] {
    try Array(#require(run(report)["results"]).items)
  }

  @Test func `the tool says who it is and what it looked for`() throws {
    let driver = try #require(run(Samples.report()).at("tool", "driver"))
    #expect(driver["name"]?.text == "netpolc")
    #expect(driver["version"]?.text == "1.2.3")
    #expect(driver["rules"]?.count == 2)
    let rule = try #require(driver.at("rules", "1"))
    #expect(rule["id"]?.text == "NPC005")
    #expect(rule.at("defaultConfiguration", "level")?.text == "error")
    #expect(rule.at("help", "markdown")?.text == "Name a peer.")
  }

  @Test func `a result has its rule, place and fingerprint`() throws {
    let result = try results(Samples.report(Samples.finding(hint: "Remove it.")))[0]
    #expect(result["ruleId"]?.text == "NPC004")
    #expect(result["ruleIndex"]?.integer == 0)
    #expect(result["level"]?.text == "warning")
    #expect(
      result.at("message", "text")?.text == "NetworkPolicy shop/db selects no pod\nRemove it.")
    #expect(result.at("partialFingerprints", "netpolc/v1")?.text == "f1")
    let place = try #require(result.at("locations", "0", "physicalLocation"))
    #expect(place.at("artifactLocation", "uri")?.text == "shop/db.yaml")
    #expect(place.at("artifactLocation", "uriBaseId")?.text == "%SRCROOT%")
    #expect(place.at("region", "startLine")?.integer == 12)
    #expect(place.at("region", "startColumn")?.integer == 3)
    #expect(result["suppressions"] == nil)
  }

  @Test func `a URI is one, whatever the file is called`() throws {
    func artifact(_ file: String) throws -> ManifestValue {
      let finding = Samples.finding(at: Place(file: file, line: 1, column: 1))
      return try #require(
        results(Samples.report(finding))[0].at(
          "locations", "0", "physicalLocation", "artifactLocation"))
    }
    #expect(
      try artifact("a b/ü:1,2%#?.yaml")["uri"]?.text == "a%20b/%C3%BC%3A1%2C2%25%23%3F.yaml")
    #expect(try artifact("mailto:x")["uri"]?.text == "mailto%3Ax")
    let absolute = try artifact("/etc/x y.yaml")
    #expect(absolute["uri"]?.text == "file:///etc/x%20y.yaml")
    #expect(absolute["uriBaseId"] == nil)
  }

  @Test(arguments: [nil, Place(file: "<stdin>", line: 7, column: 2)])
  func `a finding without a file stands in the report's subject`(_ place: Place?) throws {
    let report = Samples.report(Samples.finding(at: place), subject: "./manifests/")
    let location = try #require(results(report)[0].at("locations", "0"))
    #expect(
      location.at("physicalLocation", "artifactLocation", "uri")?.text == "manifests")
    #expect(location.at("physicalLocation", "region", "startLine")?.integer == 1)
    #expect(
      location.at("logicalLocations", "0", "fullyQualifiedName")?.text == "NetworkPolicy shop/db")
  }

  @Test func `what was accepted is there with its reason`() throws {
    let result = try results(Samples.report(Samples.finding(suppression: "on purpose")))[0]
    #expect(result.at("suppressions", "0", "kind")?.text == "inSource")
    #expect(result.at("suppressions", "0", "justification")?.text == "on purpose")
  }

  @Test func `any text survives`() throws {
    let result = try results(Samples.report(Samples.finding(message: Samples.nasty)))[0]
    #expect(result.at("message", "text")?.text == Samples.nasty)
  }

  @Test func `of ten thousand findings the worst five thousand are there, and the rest counted`()
    throws
  {
    let findings = (0..<10_000).map {
      Samples.finding($0, rule: "NPC005", level: $0 >= 9_990 ? .error : .note)
    }
    let run = try run(Samples.report(findings))
    let results = try Array(#require(run["results"]).items)
    #expect(results.count == 5000)
    #expect(results.prefix(10).allSatisfy { $0["level"]?.text == "error" })
    #expect(
      run.at("invocations", "0", "toolExecutionNotifications", "0", "message", "text")?.text
        .hasPrefix("5000 of 10000 results were left out") == true)
    #expect(run.at("invocations", "0", "executionSuccessful")?.boolean == true)
  }
}
