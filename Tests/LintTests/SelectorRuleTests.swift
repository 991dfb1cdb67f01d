import Lint
import Reports
import Testing

@Suite struct SelectorRuleTests {
  @Test func `a policy of a misspelt namespace is told the near one`() throws {
    let text =
      shop
      + policy("a", "{podSelector: {}}").replacing("namespace: shop}", with: "namespace: shopp}")
    let finding = try #require(try findings(text, rules: "NPC001").first)
    #expect(finding.hint == "did you mean namespace shop?")
  }

  @Test func `without any pod nothing is said of whom policies select, but that nothing is`() throws
  {
    let report = try report(policy("a", "{podSelector: {matchLabels: {app: x}}}"))
    #expect(report.findings.isEmpty)
    #expect(report.notChecked.contains { $0.hasSuffix("the input has no pod and no workload") })
  }

  @Test func `peers in namespaces of which the input has no pods are passed over`() throws {
    let text =
      shop
      + policy(
        "a",
        """
        {podSelector: {}, egress: [{to: [{namespaceSelector: {matchLabels: \
        {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]}]}
        """)
    #expect(try found(text, rules: "NPC002", "NPC003").isEmpty)
  }

  @Test func `a podSelector whose labels are another namespace's is told so`() throws {
    let text =
      shop + workload("prometheus", in: "monitoring")
      + policy(
        "a",
        "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: prometheus}}}]}]}")
    let finding = try #require(try findings(text, rules: "NPC002").first)
    #expect(finding.hint?.hasPrefix("monitoring/prometheus[Deployment] has them") == true)
  }

  @Test func `a name that the input does not hold is a note, a misspelt one a warning`() throws {
    func level(_ name: String) throws -> Finding.Level? {
      let text =
        "{apiVersion: v1, kind: Namespace, metadata: {name: monitoring}}\n" + shop
        + policy(
          "a",
          """
          {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: \
          {kubernetes.io/metadata.name: \(name)}}}]}]}
          """)
      return try findings(text, rules: "NPC003").first?.level
    }
    #expect(try level("ingress-nginx") == .note)
    #expect(try level("monitorng") == .warning)
    #expect(try level("kube-system") == nil)
  }

  @Test func `what labels the input does not say is not claimed to be missing`() throws {
    let text =
      shop + workload("coredns", in: "kube-system", labels: "k8s-app: kube-dns")
      + policy(
        "a",
        """
        {podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}, {to: \
        [{namespaceSelector: {matchLabels: {name: kube-system}}}], ports: [{protocol: UDP, port: 53}]}]}
        """)
    #expect(try found(text, rules: "NPC005").isEmpty)
    let named = "{apiVersion: v1, kind: Namespace, metadata: {name: other}}\n" + text
    let finding = try #require(try findings(named, rules: "NPC003").first)
    #expect(finding.level == .note)
    #expect(finding.hint == "the input does not say how kube-system and shop are labelled")
    let labelled =
      "{apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}\n" + text
    #expect(try found(labelled, rules: "NPC005").count == 1)
  }

  @Test func `items are separate only where the second is a lone podSelector with labels`() throws {
    func findings(_ items: String) throws -> [String] {
      try found(
        shop + policy("a", "{podSelector: {}, ingress: [{from: [\(items)]}]}"), rules: "NPC004")
    }
    let namespaces = "{namespaceSelector: {matchLabels: {team: a}}}"
    let pods = "{podSelector: {matchLabels: {app: web}}}"
    #expect(try findings("\(namespaces), \(pods)") == ["NPC004 ingress[0].from[0]"])
    #expect(try findings("\(pods), \(namespaces)").isEmpty)
    #expect(try findings("\(namespaces), {podSelector: {}}").isEmpty)
    #expect(
      try findings("{namespaceSelector: {matchLabels: {team: a}}, podSelector: {}}, \(pods)")
        .isEmpty)
  }

  @Test func `a misspelt exclusion is found, one of what is not there is not`() throws {
    func findings(_ requirement: String) throws -> [String] {
      try found(
        shop + policy("a", "{podSelector: {matchExpressions: [\(requirement)]}}"), rules: "NPC019")
    }
    #expect(
      try findings("{key: app, operator: NotIn, values: [wbe, db]}") == [
        "NPC019 podSelector app=wbe"
      ])
    #expect(
      try findings("{key: appp, operator: DoesNotExist}") == ["NPC019 podSelector the label appp"])
    #expect(try findings("{key: app, operator: NotIn, values: [legacy]}").isEmpty)
  }

  @Test func `numbers are no slips of each other`() throws {
    let text =
      workload("a", labels: "tier: v1")
      + policy(
        "a", "{podSelector: {matchExpressions: [{key: tier, operator: In, values: [v1, v2]}]}}")
    #expect(try findings(text, rules: "NPC019").map(\.level) == [.note])
  }

  @Test func `on the host's network a pod that is selected alone is a warning`() throws {
    let text =
      shop + workload("agent", spec: "hostNetwork: true, ")
      + policy("all", "{podSelector: {}}")
      + policy("agent", "{podSelector: {matchLabels: {app: agent}}}")
    let findings = try findings(text, rules: "NPC018", "NPC001")
    #expect(
      Set(findings.map { "\($0.rule) \($0.object ?? "") \($0.level)" }) == [
        "NPC018 NetworkPolicy shop/all note", "NPC018 NetworkPolicy shop/agent warning",
      ])
  }
}
