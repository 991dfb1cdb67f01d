/// Policies for the grid, after the generators of Cyclonus (mattfenwick/cyclonus, `pkg/generator`).
struct Case: Sendable {
  let name: String
  let policies: [CasePolicy]

  init(_ name: String, _ policies: CasePolicy...) {
    self.name = name
    self.policies = policies
  }

  /// What families vary: a policy of both directions for x/a.
  static let base = CasePolicy(
    ingress: [CaseRule(peers: [basePeer], ports: [CasePort(transport: "TCP", number: 80)])],
    egress: [
      CaseRule(peers: [basePeer], ports: [CasePort(transport: "TCP", number: 80)]),
      CaseRule(ports: [CasePort(transport: "UDP", number: 53)]),
    ])

  private static let basePeer = CasePeer.pods(
    CaseSelector(anyOf: ["pod": ["b", "c"]]), namespaces: CaseSelector(anyOf: ["ns": ["x", "y"]]))

  /// One case a direction, in which the rules of that direction are `rules`.
  static func both(_ name: String, _ rules: [CaseRule]) -> [Case] {
    var ingress = base
    ingress.ingress = rules
    var egress = base
    egress.egress = rules
    return [Case("ingress: \(name)", ingress), Case("egress: \(name)", egress)]
  }

  /// One case a direction, in which the base's rule there has other peers or ports.
  static func both(_ name: String, _ change: (inout CaseRule) -> Void) -> [Case] {
    var rule = base.ingress?.first ?? CaseRule()
    change(&rule)
    return both(name, [rule])
  }
}
