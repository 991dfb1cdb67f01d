import APIServer
import TestSupport

/// Policies at random.
extension Churn {
  mutating func policyStep() -> Change? {
    guard let namespace = knownNamespace() else { return nil }
    let name = "policy-\(Int.random(in: 0..<5, using: &random))"
    let key = StoredObject.Key("networkpolicies", namespace, name)
    if has(key), oneIn(3) { return .remove(key) }
    return .put(key, oneIn(12) ? unreadablePolicy(key) : policy(key))
  }

  /// Nothing isolates pods any more, but those of the sentinels.
  mutating func policiesGo() -> [Change] {
    keys("networkpolicies").filter { Churn.namespaces.contains($0.namespace) }.map { .remove($0) }
  }

  private mutating func policy(_ key: StoredObject.Key) -> Manifest {
    let types = pick([["Ingress"], ["Egress"], ["Ingress", "Egress"]])
    let selector = labelSelector()
    let rules = [("Ingress", "ingress", "from"), ("Egress", "egress", "to")]
      .filter { types.contains($0.0) }
      .map { _, list, side in
        "\(list): [\(several(0...3) { $0.rule(side) }.joined(separator: ", "))]"
      }
    return Manifest(
      policyText(
        key, "podSelector: \(selector), policyTypes: [\(types.joined(separator: ", "))]", rules,
        isAudited: oneIn(4)))
  }

  /// One that allows nothing since nobody can tell what it allows.
  private mutating func unreadablePolicy(_ key: StoredObject.Key) -> Manifest {
    let spec = "podSelector: \(labelSelector()), policyTypes: [Ingress]"
    let rules = ["ingress: [{from: [{ipBlock: {cidr: 10.0.0.300/24}}]}]"]
    return Manifest(policyText(key, spec, rules), meaning: policyText(key, spec, []))
  }

  func policyText(
    _ key: StoredObject.Key, _ spec: String, _ rules: [String], isAudited: Bool = false
  ) -> String {
    let annotations = isAudited ? ["netpolc.dev/audit: 'true'"] : []
    return """
      {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, \
      \(metadata(key, [], annotations: annotations)), \
      spec: {\(([spec] + rules).joined(separator: ", "))}}
      """
  }

  private mutating func rule(_ side: String) -> String {
    var fields: [String] = []
    if !oneIn(4) {
      fields.append("\(side): [\(several(1...3) { $0.peer() }.joined(separator: ", "))]")
    }
    if !oneIn(3) {
      fields.append("ports: [\(several(1...3) { $0.port() }.joined(separator: ", "))]")
    }
    return "{\(fields.joined(separator: ", "))}"
  }

  private mutating func peer() -> String {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: "{podSelector: \(labelSelector())}"
    case 1: "{namespaceSelector: \(labelSelector())}"
    case 2: "{namespaceSelector: \(labelSelector()), podSelector: \(labelSelector())}"
    default: "{ipBlock: \(block())}"
    }
  }

  private mutating func block() -> String {
    let (cidr, exceptions) = pick([
      ("10.244.0.0/24", ["10.244.0.10/31", "10.244.0.12/32"]), ("10.244.1.8/29", []),
      ("0.0.0.0/0", ["10.244.0.0/16", "192.168.0.0/24"]), ("10.244.0.11/32", []),
      ("203.0.113.0/24", ["203.0.113.9/32"]), ("192.168.0.0/24", []),
      ("fd00:244::/64", ["fd00:244::a/127", "fd00:244::c/128"]), ("fd00:244:0:1::/64", []),
      ("::/0", ["fd00:244::/32"]), ("2001:db8::/32", []), ("fd00:244::b/128", []),
    ])
    let except = exceptions.filter { _ in oneIn(2) }.map { "'\($0)'" }
    return "{cidr: '\(cidr)', except: [\(except.joined(separator: ", "))]}"
  }

  private mutating func port() -> String {
    let transport = pick(["TCP", "TCP", "UDP", "SCTP"])
    return switch Int.random(in: 0..<5, using: &random) {
    case 0: "{protocol: \(transport)}"
    case 1: "{protocol: \(transport), port: \(pick(["http", "dns", "admin"]))}"
    case 2: "{protocol: \(transport), port: \(pick([1, 53, 80])), endPort: \(pick([80, 8080]))}"
    default: "{protocol: \(transport), port: \(pick([53, 80, 8080]))}"
    }
  }

  private mutating func labelSelector() -> String {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: "{}"
    case 1: "{matchLabels: {\(labels().joined(separator: ", "))}}"
    default:
      "{matchExpressions: [\(several(1...2) { $0.requirement() }.joined(separator: ", "))]}"
    }
  }

  private mutating func requirement() -> String {
    let key = pick(["app", "tier"])
    let values = pick(["[a]", "[b]", "[a, b]"])
    return switch Int.random(in: 0..<4, using: &random) {
    case 0: "{key: \(key), operator: NotIn, values: \(values)}"
    case 1: "{key: \(key), operator: Exists}"
    case 2: "{key: \(key), operator: DoesNotExist}"
    default: "{key: \(key), operator: In, values: \(values)}"
    }
  }
}
