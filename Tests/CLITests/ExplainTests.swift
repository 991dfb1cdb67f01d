import Host
import Manifests
import TestSupport
import Testing

/// `explain`: the verdict, the lines behind it, and its exit code.
@Suite struct ExplainTests {
  private let scratch: Scratch

  init() throws {
    var files = Shop.files
    files["shop/policies/dns.yaml"] = """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: db-only, namespace: shop}
      spec:
        podSelector: {matchLabels: {app: db}}
        ingress:
        - from: [{podSelector: {matchLabels: {app: web}}}]
          ports: [{port: 9187}]

      """
    scratch = try Scratch(files)
  }

  private func explain(_ arguments: String..., input: String = "") throws -> ProcessResult {
    try scratch.run([Program.path, "explain", "-f", "shop"] + arguments, input: input)
  }

  @Test func `an allowed connection names its line and exits 0`() throws {
    let result = try explain("10.9.9.9", "shop/web-0", "8080")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("ALLOWED   "))
    #expect(result.output.contains("by shop/web ingress[0].from"))
    #expect(result.output.contains("shop/policies/web.yaml:"))
  }

  @Test func `a denied connection names who isolates and what came near, and exits 1`() throws {
    let result = try explain("shop/web-0", "shop/db-0", "5432")
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("DENIED at "))
    #expect(result.output.contains("isolated by"))
    #expect(result.output.contains("shop/db-only ingress[0]   shop/policies/dns.yaml:7"))
    #expect(result.output.contains("(port differs)"))
  }

  @Test func `a policy that would allow it for other labels is a near miss`() throws {
    let result = try explain("shop/web-0", "shop/api-0", "9187")
    #expect(result.status == 1)
    #expect(result.output.contains("if shop/api-0 had app=db   it has app=api"))
  }

  @Test func `a name that nothing has gets the nearest`() throws {
    let result = try explain("shop/wep-0", "shop/db-0", "5432")
    #expect(result.status == 2)
    #expect(result.errors.contains("did you mean shop/web-0?"))
  }

  @Test func `the rules behind a verdict are those of the ruleset`() throws {
    let result = try explain("10.9.9.9", "shop/web-0", "8080", "--rules")
    let compiled = try scratch.run([Program.path, "compile", "-f", "shop"])
    let rule = result.output.split(separator: "\n").last.map(String.init) ?? ""
    let text = rule.split(separator: " ", maxSplits: 3).last.map { $0.drop { $0 == " " } } ?? ""
    #expect(!text.isEmpty && compiled.output.contains(text), "\(rule)")
  }

  @Test func `flows are answered a line each, in order`() throws {
    let flows = """
      {"from":"shop/web-0","to":"shop/db-0","port":5432,"protocol":"TCP"}
      {"from":"10.9.9.9","to":"shop/web-0","port":8080}
      {"from":"shop/web-0","to":"shop/db-0","port":9187,"protocol":"tcp"}

      """
    let result = try explain("--flows", "-", "-o", "json", input: flows)
    #expect(try explain("--flows", "-", input: flows).output == result.output)
    #expect(result.status == 0)
    let answers = try result.output.split(separator: "\n").map { try json(String($0)) }
    #expect(answers.map { $0["allowed"]?.boolean } == [false, true, false])
  }

  @Test func `a flow that cannot be read is named by its line`() throws {
    let flows =
      "{\"from\":\"shop/web-0\",\"to\":\"shop/db-0\",\"port\":5432}\n{\"to\":\"1.2.3.4\"}\n"
    let result = try explain("--flows", "-", input: flows)
    #expect(result.status == 2)
    #expect(result.errors.contains("<stdin>:2:1: a flow needs from and to"))
  }

  @Test func `json has a schema`() throws {
    let result = try explain("shop/web-0", "shop/db-0", "5432", "-o", "json")
    #expect(result.status == 1)
    #expect(try json(result.output)["schema"]?.text == "netpolc.explain/v1")
  }

  @Test func `a pod and a policy can be asked about`() throws {
    #expect(try explain("pod", "shop/db-0").output.contains("shop/db-only"))
    #expect(try explain("policy", "shop/db-only").output.contains("shop/db-0"))
    #expect(try explain("policy", "shop/db-onli").errors.contains("did you mean shop/db-only?"))
  }
}
