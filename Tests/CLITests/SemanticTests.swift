import Host
import Manifests
import TestSupport
import Testing

/// `diff --semantic`: whether the meaning differs, whatever the rules do.
@Suite struct SemanticTests {
  private func semantic(
    web: String, _ options: String...
  ) throws -> ProcessResult {
    var files: [String: String] = [:]
    for (name, text) in Shop.files {
      files["old/\(name)"] = text
      files["new/\(name)"] = text
    }
    files["new/shop/policies/web.yaml"] = web
    let scratch = try Scratch(files)
    return try scratch.run(
      [Program.path, "diff", "--from", "old", "--to", "new", "--semantic"] + options)
  }

  private static let same = "Same meaning: every packet gets the same verdict.\n"

  @Test func `a rule split in two means the same`() throws {
    let split = Shop.web.replacing(
      "    - port: 8443\n",
      with: "  - from:\n    - ipBlock: {cidr: 10.0.0.0/8}\n    ports:\n    - port: 8443\n")
    #expect(split != Shop.web)
    let result = try semantic(web: split)
    #expect(result.status == 0)
    #expect(result.output == "no difference\n" || result.output.hasSuffix(Self.same))
  }

  @Test func `a CIDR split in halves means the same, and the rules that differ are shown`() throws {
    let halves = Shop.web.replacing(
      "    - ipBlock: {cidr: 10.0.0.0/8}\n",
      with: "    - ipBlock: {cidr: 10.0.0.0/9}\n    - ipBlock: {cidr: 10.128.0.0/9}\n")
    let result = try semantic(web: halves)
    #expect(result.status == 0)
    #expect(result.output.contains("+   th dport 8080 meta l4proto tcp ip saddr 10.0.0.0/9 "))
    #expect(result.output.hasSuffix("rules +4 -2, chains ~1, sets 0, maps 0.\n" + Self.same))
    let stat = try semantic(web: halves, "--stat")
    #expect(stat.output == "rules +4 -2, chains ~1, sets 0, maps 0.\n" + Self.same)
  }

  @Test func `ports side by side and their range mean the same`() throws {
    let single = Shop.web.replacing("port: 8443", with: "port: 8081")
    let range = Shop.web.replacing("- port: 8080", with: "- {port: 8080, endPort: 8081}")
      .replacing("    - port: 8443\n", with: "")
    var files: [String: String] = [:]
    for (name, text) in Shop.files {
      files["old/\(name)"] = name.hasSuffix("web.yaml") ? single : text
      files["new/\(name)"] = name.hasSuffix("web.yaml") ? range : text
    }
    let result = try Scratch(files).netpolc("diff", "--from", "old", "--to", "new", "--semantic")
    #expect(result.status == 0)
    #expect(result.output.hasSuffix(Self.same))
  }

  @Test func `what is gained and lost is named with its pod, its peers and its ports`() throws {
    let changed = Shop.web.replacing("cidr: 10.0.0.0/8", with: "cidr: 11.0.0.0/8")
      .replacing("port: 9000", with: "port: 9001")
    let result = try semantic(web: changed, "--stat")
    #expect(result.status == 1)
    #expect(
      result.output == """
        rules +3 -3, chains ~2, sets 0, maps 0.
        The meaning differs:
        - shop/web-0 ingress from 10.0.0.0/8: TCP 8080,8443
        + shop/web-0 ingress from 11.0.0.0/8: TCP 8080,8443
        + shop/web-0 egress to shop/api-0 (10.244.1.20): TCP 9001
        - shop/web-0 egress to shop/api-0 (10.244.1.20): TCP 9000

        """)
  }

  @Test func `JSON says whether the meaning is the same, and what differs`() throws {
    let same = try json(semantic(web: Shop.web, "-o", "json").output)
    #expect(same["sameMeaning"]?.boolean == true)
    let changed = Shop.web.replacing("cidr: 10.0.0.0/8", with: "cidr: 10.0.0.0/9")
    let report = try json(semantic(web: changed, "-o", "json").output)
    #expect(report["sameMeaning"]?.boolean == false)
    let difference = try #require(report["meaning"]?.items.first { _ in true })
    #expect(difference["pod"]?.text == "shop/web-0")
    #expect(difference["peers"]?.text == "10.128.0.0/9")
    #expect(difference["lost"]?.text == "TCP 8080,8443")
  }
}
