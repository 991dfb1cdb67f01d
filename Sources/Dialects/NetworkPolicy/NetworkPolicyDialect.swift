import Diagnostics
import Kubernetes
import Manifests
import PolicyModel

/// `networking.k8s.io/v1 NetworkPolicy` (k8s.io/api/networking/v1/types.go).
struct NetworkPolicyDialect: Dialect {
  let apiVersion = "networking.k8s.io/v1"
  let kind = "NetworkPolicy"
  let plural = "networkpolicies"
  let isNamespaced = true
  let isOptional = false

  func read(
    _ root: Field, _ audit: AuditAnnotation, _ diagnostics: inout Diagnostics
  ) -> TierPolicy? {
    let before = diagnostics.errorCount
    _ = root.isObject(
      fields: ["apiVersion", "kind", "metadata", "spec", "status"], &diagnostics)
    let metadata = Metadata(
      of: root, kind: kind, isNamespaced: isNamespaced, isStrict: true, &diagnostics)
    // Without a name the rest is still checked, so that every problem is said at once.
    let reference =
      metadata?.reference
      ?? ObjectReference(kind: kind, namespace: "default", name: "unnamed")
    let isAudited = audit.isSet(on: root, &diagnostics)
    let spec = readSpec(root, of: reference, &diagnostics)
    guard let spec, let isAudited, diagnostics.errorCount == before else { return nil }
    return isAudited ? spec.audited : spec
  }

  /// Where the selector cannot be read it isolates every pod of the namespace, and where the types
  /// cannot be, in both directions. One that says that it is on trial isolates nobody.
  func quarantined(_ root: Field, _ audit: AuditAnnotation) -> TierPolicy? {
    guard let reference = ObjectReference(of: root.value, kind: kind, isNamespaced: isNamespaced)
    else { return nil }
    // What is wrong has been said by `read`.
    var unused = Diagnostics()
    let spec = root["spec"]
    let isolating = policy(
      reference,
      exactly(spec?["podSelector"]) { LabelSelector($0, &$1) } ?? .everything,
      ingress: [], egress: [], spec?.location ?? root.location
    ).keeping(
      exactly(spec?["policyTypes"]) { _, problems in
        spec.flatMap { readPolicyTypes($0, hasEgress: true, &problems) }
      } ?? [.ingress, .egress])
    return audit.isSet(on: root, &unused) == true ? isolating.audited : isolating
  }

  /// What a field says; nil when it is not there, or anything about it is wrong.
  private func exactly<Value>(
    _ field: Field?, _ read: (Field, inout Diagnostics) -> Value?
  ) -> Value? {
    var problems = Diagnostics()
    guard let field, let value = read(field, &problems), !problems.hasErrors else { return nil }
    return value
  }

  private func readSpec(
    _ root: Field, of reference: ObjectReference, _ diagnostics: inout Diagnostics
  ) -> TierPolicy? {
    guard let spec = root["spec"] else {
      diagnostics.warning(
        .emptySpec, "no spec: selects every pod of the namespace and denies all ingress to them",
        at: root.location,
        hint: "write spec: {podSelector: {}, policyTypes: [Ingress]} if that is meant")
      return policy(reference, .everything, ingress: [], egress: nil, root.location)
    }
    guard
      spec.isObject(fields: ["podSelector", "policyTypes", "ingress", "egress"], &diagnostics)
    else {
      // A misspelt field may be any of these; what is there is still checked.
      readRules(spec, of: reference, &diagnostics)
      return nil
    }
    let selector = spec["podSelector"].map { LabelSelector($0, &diagnostics) } ?? .everything
    let rules = readRules(spec, of: reference, &diagnostics)
    let types = readPolicyTypes(spec, hasEgress: !rules.egress.isEmpty, &diagnostics)
    guard let selector, let types else { return nil }
    // Rules of a direction that policyTypes leaves out count for nothing.
    return policy(
      reference, selector,
      ingress: types.contains(.ingress) ? rules.ingress : nil,
      egress: types.contains(.egress) ? rules.egress : nil,
      spec.keyLocation(of: "podSelector") ?? spec.location)
  }

  private func policy(
    _ reference: ObjectReference, _ selector: LabelSelector, ingress: [PolicyRule]?,
    egress: [PolicyRule]?, _ location: SourceLocation
  ) -> TierPolicy {
    TierPolicy(
      reference: reference, tier: .networkPolicy, order: 0,
      subject: PodSelector(namespaces: .named(reference.namespace ?? "default"), pods: selector),
      ingress: ingress, egress: egress, location: location)
  }

  @discardableResult
  private func readRules(
    _ spec: Field, of reference: ObjectReference, _ diagnostics: inout Diagnostics
  ) -> (ingress: [PolicyRule], egress: [PolicyRule]) {
    let ingress = RuleReader(policy: reference, direction: .ingress)
    let egress = RuleReader(policy: reference, direction: .egress)
    return (
      ingress.rules(spec["ingress"], &diagnostics), egress.rules(spec["egress"], &diagnostics)
    )
  }

  /// Absent or empty means Ingress, and Egress too when there are egress rules
  /// (`SetDefaults_NetworkPolicy`).
  private func readPolicyTypes(
    _ spec: Field, hasEgress: Bool, _ diagnostics: inout Diagnostics
  ) -> Set<Direction>? {
    guard let field = spec["policyTypes"] else {
      return hasEgress ? [.ingress, .egress] : [.ingress]
    }
    guard let items = field.items(&diagnostics) else { return nil }
    if items.isEmpty { return hasEgress ? [.ingress, .egress] : [.ingress] }
    if items.count > 2 {
      field.error(
        .invalidValue, "found \(items.count) entries, expected at most Ingress and Egress",
        &diagnostics)
      return nil
    }
    var types: Set<Direction> = []
    for item in items {
      switch item.value.kind == .string ? item.value.text : "" {
      case "Ingress": types.insert(.ingress)
      case "Egress": types.insert(.egress)
      default:
        let near = NearMiss.of(item.value.text, in: ["Ingress", "Egress"])
        item.error(
          .invalidValue, "found \(item.found), expected Ingress or Egress",
          hint: near.map { "did you mean \($0)?" }, &diagnostics)
        return nil
      }
    }
    return types
  }
}

extension TierPolicy {
  /// Only what it says of these directions.
  fileprivate func keeping(_ directions: Set<Direction>) -> TierPolicy {
    TierPolicy(
      reference: reference, tier: tier, order: order, subject: subject,
      ingress: directions.contains(.ingress) ? ingress : nil,
      egress: directions.contains(.egress) ? egress : nil, location: location)
  }
}
