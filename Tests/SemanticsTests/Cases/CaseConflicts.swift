extension Case {
  /// Policies that seem to contradict each other, and what each side of a connection says: 16.
  ///
  /// To deny "by" something is to allow what never comes: a pod or an address that is nobody's.
  static let conflicts: [Case] = {
    let fromSource = CaseSelector(labels: ["pod": "b"])
    func egress(_ name: String, _ rules: [CaseRule]) -> CasePolicy {
      CasePolicy(name: name, namespace: "y", subject: fromSource, egress: rules)
    }
    func ingress(_ name: String, _ rules: [CaseRule]) -> CasePolicy {
      CasePolicy(name: name, ingress: rules)
    }
    return [
      Case("deny from source, allow to destination", egress("deny", []), ingress("allow", any)),
      Case("allow from source, deny to destination", egress("allow", any), ingress("deny", [])),
    ] + contradictions("from source", egress) + contradictions("to destination", ingress)
  }()

  private static func contradictions(
    _ side: String, _ policy: (String, [CaseRule]) -> CasePolicy
  ) -> [Case] {
    [
      ("all", [], "all", any), ("all", [], "by pod", byPod), ("all", [], "by IP", byIP),
      ("by IP", noIP, "by pod", byPod), ("by pod", noPod, "by IP", byIP),
    ].map { denied, denying, allowed, allowing in
      Case(
        "deny \(denied) and allow \(allowed) \(side)", policy("deny", denying),
        policy("allow", allowing))
    } + [
      Case("deny by IP \(side)", policy("deny", noIP)),
      Case("deny by pod \(side)", policy("deny", noPod)),
    ]
  }

  private static let any = [CaseRule()]
  private static let byPod = [
    CaseRule(peers: [.pods(CaseSelector(), namespaces: CaseSelector())])
  ]
  private static let byIP = [CaseRule(peers: [.block(CaseCIDR("0.0.0.0", 0))])]
  private static let noPod = [
    CaseRule(peers: [.pods(CaseSelector(labels: ["pod": "none"]), namespaces: CaseSelector())])
  ]
  private static let noIP = [CaseRule(peers: [.block(CaseCIDR("31.41.59.26", 32))])]
}
