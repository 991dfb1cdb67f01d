import Host
import Manifests
import TestSupport
import Testing

/// `test`: what holds, what does not and by which line, and its exit code.
@Suite struct TestCommandTests {
  private let scratch: Scratch

  private static let good = """
    schema: netpolc.test/v1
    tests:
    - name: only web reaches the api
      to: shop/api-0
      port: 9000
      allowFrom: [shop/web-0]

    """

  private static let bad = """
    - deny: { from: 10.1.0.0/16, to: shop/web-0 }
    - allow: { from: shop/web-0, to: shop/db-0, port: 5432 }
    - name: only the office reaches web
      to: shop/web-0
      allowFrom: [10.0.0.0/9]

    """

  init() throws {
    var files = Shop.files
    files["shop/netpol-tests.yaml"] = Self.good
    files["bad.yaml"] = Self.good + Self.bad
    scratch = try Scratch(files)
  }

  private func test(_ arguments: String...) throws -> ProcessResult {
    try scratch.run([Program.path, "test"] + arguments + ["-f", "shop"])
  }

  @Test func `tests that hold exit 0, and may lie beside the manifests`() throws {
    let result = try test("shop/netpol-tests.yaml")
    #expect(result.status == 0)
    #expect(result.output == "ok 1 only web reaches the api\n1 passed, 0 failed\n")
    #expect(result.errors == "")
  }

  @Test func `a test that fails says who, and the line that decides, and exits 1`() throws {
    let result = try test("bad.yaml")
    #expect(result.status == 1)
    #expect(
      result.output == """
        ok 1 only web reaches the api
        not ok 2 deny 10.1.0.0/16 -> shop/web-0       10.1.0.0/16 TCP 8080,8443  shop/policies/web.yaml:9
        not ok 3 allow shop/web-0 -> shop/db-0 5432   shop/web-0 is denied  shop/policies/deny.yaml:4
        not ok 4 only the office reaches web          also allowed: 10.128.0.0/9 TCP 8080,8443  shop/policies/web.yaml:9
        1 passed, 3 failed

        """)
  }

  @Test func `a test about what is not there exits 2, with the nearest name`() throws {
    try scratch.write(
      "t.yaml",
      """
      schema: netpolc.test/v1
      tests:
      - deny: { from: shop/wep-0, to: shop/db-0 }
      """)
    let result = try test("t.yaml")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(
      result.errors.contains("t.yaml:3:17: error: no pod or workload shop/wep-0 [unknown-end]"))
    #expect(result.errors.contains("did you mean shop/web-0?"))
  }

  @Test func `a misspelt field exits 2, with the nearest name`() throws {
    try scratch.write("t.yaml", Self.good + "- { to: shop/db-0, allowForm: [] }\n")
    let result = try test("t.yaml")
    #expect(result.status == 2)
    #expect(result.errors.contains("did you mean allowFrom?"))
  }

  @Test func `one run writes every report`() throws {
    let result = try test(
      "bad.yaml", "-o", "json", "-o", "sarif=t.sarif", "-o", "github=t.txt", "--junit", "t.xml",
      "--tap", "t.tap")
    #expect(result.status == 1)
    let report = try json(result.output)
    #expect(report["schema"]?.text == "netpolc.test-result/v1")
    #expect(report["passed"]?.integer == 1 && report["failed"]?.integer == 3)
    #expect(try scratch.text(of: "t.tap").contains("1..4\nok 1 - only web reaches the api\n"))
    #expect(try scratch.text(of: "t.tap").contains("not ok 4 - only the office reaches web\n"))
    #expect(try scratch.text(of: "t.xml").contains("tests=\"4\" failures=\"3\""))
    let annotations = try scratch.text(of: "t.txt")
    #expect(annotations.contains("::error file=shop/policies/web.yaml,line=9,"))
    #expect(annotations.contains("only the office reaches web: also allowed: "))
    let sarif = try json(scratch.text(of: "t.sarif"))
    let results = sarif["runs"]?.items.first { _ in true }?["results"]
    let rules = (results?.items).map { items in items.map { $0["ruleId"]?.text ?? "" } } ?? []
    #expect(Set(rules) == ["test-open", "test-closed"])
  }

  @Test func `coverage below what is required exits 1 and says what no test touches`() throws {
    let enough = try test("shop/netpol-tests.yaml", "--require-coverage", "50")
    #expect(enough.status == 0)
    #expect(enough.output.hasSuffix("parts of policies, required 50%\n"))
    let result = try test("shop/netpol-tests.yaml", "--require-coverage", "100")
    #expect(result.status == 1)
    #expect(result.output.contains("1 passed, 0 failed\ncoverage "))
    #expect(
      result.output.contains(
        "  not covered  shop/policies/web.yaml:9  shop/web ingress[0].from[0]\n"))
    let verbose = try test("shop/netpol-tests.yaml", "-v")
    #expect(verbose.status == 0)
    #expect(verbose.output.contains("not covered  shop/policies/web.yaml:9"))
  }

  @Test(arguments: [
    ["test"], ["test", "bad.yaml"],
    ["test", "bad.yaml", "-f", "shop", "--require-coverage", "101"],
    ["test", "bad.yaml", "-f", "shop", "-o", "json", "-o", "tap"], ["test", "-", "-f", "-"],
  ])
  func `wrong usage exits 64`(_ arguments: [String]) throws {
    #expect(try scratch.run([Program.path] + arguments).status == 64)
  }
}
