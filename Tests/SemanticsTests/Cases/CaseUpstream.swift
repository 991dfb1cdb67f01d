extension CaseHistory {
  /// The one example: 1.
  static let examples: [CaseHistory] = [
    CaseHistory(
      "ingress access on one named port, after all", of(allowAll),
      of(allowAll, all(ingress: [CaseRule(ports: [CasePort(name: "serve-81-tcp")])])))
  ]

  /// What the generator copies of the Kubernetes end-to-end suite: 13.
  static let upstream: [CaseHistory] = [
    CaseHistory("default-deny-ingress", of(all(ingress: []))),
    CaseHistory("default-deny-all", of(all(ingress: [], egress: []))),
    CaseHistory(
      "several pod selectors and namespace selectors", of(pod(ingress: [severalSelectors]))),
    CaseHistory(
      "stacked policies with overlapping selectors", of(pod(ingress: [fromY(81)])),
      of(pod(ingress: [fromY(81)]), pod("second", ingress: [fromY(80)]))),
    CaseHistory("allow-all", of(allowAll)),
    CaseHistory(
      "ingress access on one named port",
      of(all(ingress: [CaseRule(ports: [CasePort(name: "serve-81-tcp")])]))),
    CaseHistory("updated policy", of(allowAll), of(all(ingress: []))),
    CaseHistory(
      "updated namespace", of(fromNewNamespaces),
      changed(of(fromNewNamespaces)) { $0.namespaces["y"]?["ns2"] = "updated" }),
    CaseHistory(
      "updated pod", of(fromNewPods),
      changed(of(fromNewPods)) { $0.label("x/b", "pod2", "updated") }),
    CaseHistory(
      "deny ingress to an updated pod", of(isolated),
      changed(of(isolated)) { $0.label("x/a", "target", "isolated") }),
    CaseHistory(
      "ingress and egress together",
      of(
        pod(
          ingress: [CaseRule(peers: [.pods(CaseSelector(labels: ["pod": "b"]), namespaces: nil)])],
          egress: [CaseRule(ports: [CasePort(number: 80)])]))),
    CaseHistory(
      "denied by the client, allowed by the server",
      of(
        CasePolicy(name: "client", egress: [CaseRule(peers: [podOf("y", "b")])]),
        server("b"), server("c"))),
    CaseHistory(
      "no longer enforced once deleted", of(all(ingress: [], egress: [])), State()),
  ]

  private static func of(_ policies: CasePolicy...) -> State { State(policies: policies) }

  private static func all(ingress: [CaseRule]?, egress: [CaseRule]? = nil) -> CasePolicy {
    CasePolicy(name: "all", subject: CaseSelector(), ingress: ingress, egress: egress)
  }

  private static func pod(
    _ name: String = "pod", ingress: [CaseRule]?, egress: [CaseRule]? = nil
  ) -> CasePolicy {
    CasePolicy(name: name, ingress: ingress, egress: egress)
  }

  private static let allowAll = CasePolicy(
    name: "allow-all", subject: CaseSelector(), ingress: [CaseRule()])

  private static let severalSelectors = CaseRule(peers: [
    .pods(
      CaseSelector(anyOf: ["pod": ["b", "c"]]), namespaces: CaseSelector(noneOf: ["ns": ["x"]]))
  ])

  private static func fromY(_ port: Int) -> CaseRule {
    CaseRule(
      peers: [.pods(nil, namespaces: CaseSelector(labels: ["ns": "y"]))],
      ports: [CasePort(number: port)])
  }

  private static let fromNewNamespaces = pod(ingress: [
    CaseRule(peers: [.pods(nil, namespaces: CaseSelector(labels: ["ns2": "updated"]))])
  ])

  private static let fromNewPods = pod(ingress: [
    CaseRule(peers: [.pods(CaseSelector(labels: ["pod2": "updated"]), namespaces: nil)])
  ])

  private static let isolated = CasePolicy(
    name: "isolated", subject: CaseSelector(labels: ["target": "isolated"]), ingress: [])

  private static func podOf(_ namespace: String, _ pod: String) -> CasePeer {
    .pods(
      CaseSelector(labels: ["pod": pod]), namespaces: CaseSelector(labels: ["ns": namespace]))
  }

  private static func server(_ name: String) -> CasePolicy {
    CasePolicy(
      name: "allow-to-\(name)", namespace: "y", subject: CaseSelector(labels: ["pod": name]),
      ingress: [CaseRule(peers: [podOf("x", "a")])])
  }
}
