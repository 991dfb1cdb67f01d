import Diagnostics
import Lint
import Reports
import Testing

@Suite struct RuleTests {
  @Test func `every rule says what it is about, in words of its own`() {
    let abouts = lintRules.map(\.about)
    #expect(Set(abouts.map(\.id)).count == abouts.count)
    #expect(Set(abouts.map(\.name)).count == abouts.count)
    for about in abouts { #expect(about.help.utf8.count > 100 && about.summary.hasSuffix(".")) }
  }

  @Test func `an empty egress without policyTypes is said to isolate nobody`() throws {
    let finding = try #require(
      try findings(policy("a", "{podSelector: {}, egress: []}"), rules: "NPC009").first)
    #expect(finding.message.contains("isolates nobody for egress"))
    #expect(try found(policy("a", "{podSelector: {}, policyTypes: [Egress], egress: []}")).isEmpty)
  }

  @Test func `policyTypes left out of a policy with both kinds of rules are a note`() throws {
    let text = policy("a", "{podSelector: {}, ingress: [{}], egress: [{}]}")
    #expect(try findings(text, rules: "NPC009").map(\.level) == [.note])
  }

  @Test func `rules of a direction that policyTypes leaves out count for nothing`() throws {
    let found = try findings(
      policy("a", "{podSelector: {}, policyTypes: [Egress], ingress: [{}, {}], egress: [{}]}"),
      rules: "NPC021")
    #expect(
      found.map(\.message) == [
        "shop/a ingress: 2 rules that count for nothing: policyTypes leaves Ingress out, so the "
          + "policy is about egress alone"
      ])
    let empty = policy("a", "{podSelector: {}, policyTypes: [Ingress], egress: []}")
    #expect(try findings(empty, rules: "NPC021").map(\.level) == [.note])
    // Without policyTypes written rules count, and an empty egress is another rule's.
    for spec in ["egress: [{}]", "ingress: [{}]", "ingress: [{}], egress: []"] {
      #expect(try findings(policy("a", "{podSelector: {}, \(spec)}"), rules: "NPC021").isEmpty)
    }
  }

  @Test func `a quoted number is a port name of no one, and the other rules go on`() throws {
    let text =
      shop + policy("a", "{podSelector: {}, ingress: [{ports: [{port: \"5432\"}]}]}")
      + policy("b", "{podSelector: {matchLabels: {app: none}}}")
    let report = try report(text, ["NPC001", "NPC006", "NPC014"])
    #expect(!report.diagnostics.hasErrors)
    #expect(report.findings.map(\.finding.rule) == ["NPC006", "NPC001"])
    #expect(report.notChecked == ["NPC014 was not checked: 1 policy could not be read"])
  }

  @Test func `with other errors only the text is judged`() throws {
    let text =
      shop + policy("a", "{podSelectors: {}}") + policy("b", "{podSelector: {}, egress: [{}]}")
    let report = try report(text)
    #expect(report.diagnostics.errorCount == 1)
    #expect(report.findings.map(\.finding.rule) == ["NPC009"])
    #expect(report.notChecked.allSatisfy { $0.hasSuffix("the input has errors") })
  }

  @Test func `a port's protocol is said where it is another`() throws {
    let text =
      workload("dns", ports: "{name: dns, containerPort: 53, protocol: UDP}")
      + policy("a", "{podSelector: {}, ingress: [{ports: [{port: dns}]}]}")
    #expect(
      try findings(text, rules: "NPC006").first?.hint == "it is a port of UDP; add protocol: UDP")
  }

  @Test func `an except that another item allows is a warning`() throws {
    let text = policy(
      "a",
      """
      {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, \
      except: [169.254.169.254/32]}}, {ipBlock: {cidr: 169.254.0.0/16}}]}]}
      """)
    let findings = try findings(text, rules: "NPC008")
    #expect(findings.map(\.level) == [.warning])
    #expect(findings.first?.message.contains("takes nothing out") == true)
  }

  @Test func `a rule inside another of its policy is found once, not as shadowed too`() throws {
    let text =
      shop
      + policy(
        "a",
        "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}, "
          + "{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]}")
    #expect(try found(text, rules: "NPC008", "NPC013") == ["NPC008 ingress[1]"])
    #expect(try found(text, rules: "NPC013") == ["NPC013 ingress[1]"])
  }

  @Test func `pods that may connect to nobody need no DNS, nor those of a node's own cache`() throws
  {
    let isolated = shop + policy("a", "{podSelector: {}, policyTypes: [Egress]}")
    #expect(try found(isolated, rules: "NPC005").isEmpty)
    let open =
      isolated
      + policy(
        "b",
        "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: 80}]}]}"
      )
    #expect(try found(open, rules: "NPC005").count == 1)
    let cached =
      open
      + workload(
        "cache", in: "kube-system", labels: "k8s-app: node-local-dns", spec: "hostNetwork: true, ")
    #expect(try found(cached, rules: "NPC005").isEmpty)
  }

  @Test func `metadata is reachable only over TCP 80`() throws {
    func findings(_ ports: String) throws -> [String] {
      try found(
        shop
          + policy(
            "a",
            "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]\(ports)}]}"
          ),
        rules: "NPC011")
    }
    #expect(try findings("").count == 1)
    #expect(try findings(", ports: [{port: 443}]").isEmpty)
  }

  @Test func `findings have names of their own that lines do not change`() throws {
    let text = shop + policy("a", "{podSelector: {matchLabels: {app: none}}, egress: [{}]}")
    let before = try findings(text).map(\.fingerprint)
    #expect(Set(before).count == before.count)
    #expect(try findings("# moved\n\n" + text).map(\.fingerprint) == before)
    #expect(before.contains("NPC001 NetworkPolicy shop/a"))
  }
}
