import Diagnostics
import Kubernetes
import Manifests
import PolicyModel

/// Reads the rules of one direction of a NetworkPolicy.
struct RuleReader {
  let policy: ObjectReference
  let direction: Direction

  private var peersField: StaticString { direction == .ingress ? "from" : "to" }

  func rules(_ field: Field?, _ diagnostics: inout Diagnostics) -> [PolicyRule] {
    guard let field, let items = field.items(&diagnostics) else { return [] }
    return items.compactMap { item in
      guard item.value.kind != .null else {
        item.error(
          .nullRule, "an empty item, which Kubernetes takes for a rule that allows everything",
          hint: "write {} if that is meant, or remove the dash", &diagnostics)
        return nil
      }
      return rule(item, &diagnostics)
    }
  }

  private func rule(_ field: Field, _ diagnostics: inout Diagnostics) -> PolicyRule? {
    let isKnown = field.isObject(fields: ["\(peersField)", "ports"], &diagnostics)
    if field.value.kind != .mapping { return nil }
    let peers = list(field[peersField], &diagnostics) { peer($0, &$1) }
    let ports = list(field["ports"], &diagnostics) { port($0, &$1) }
    guard isKnown else { return nil }
    return PolicyRule(
      action: .allow, peers: peers, ports: ports, provenance: provenance(field))
  }

  /// A list whose absence, null and emptiness all mean "any", and so nil; an invalid item is said
  /// and left out, which never matters, since nothing is compiled then.
  private func list<Element>(
    _ field: Field?, _ diagnostics: inout Diagnostics,
    _ read: (Field, inout Diagnostics) -> Element?
  ) -> [Element]? {
    guard let field, let items = field.items(&diagnostics), !items.isEmpty else { return nil }
    return items.compactMap { read($0, &diagnostics) }
  }

  private func peer(_ field: Field, _ diagnostics: inout Diagnostics) -> RulePeer? {
    let fields = ["podSelector", "namespaceSelector", "ipBlock"]
    guard field.value.kind != .null else {
      field.error(.emptyPeer, "must specify a peer: \(alternatives(fields))", &diagnostics)
      return nil
    }
    guard field.isObject(fields: fields, &diagnostics) else { return nil }
    let pods = field["podSelector"]
    let namespaces = field["namespaceSelector"]
    if let block = field["ipBlock"] {
      guard pods == nil, namespaces == nil else {
        field.error(
          .invalidValue, "ipBlock stands with a selector, which no peer can be at once",
          hint: "make them two items of the list", &diagnostics)
        return nil
      }
      return readIPBlock(block, &diagnostics).map {
        RulePeer(.block($0), provenance: provenance(field))
      }
    }
    guard pods != nil || namespaces != nil else {
      field.error(.emptyPeer, "must specify a peer: \(alternatives(fields))", &diagnostics)
      return nil
    }
    let podLabels = pods.map { LabelSelector($0, &diagnostics) } ?? .everything
    let namespaceLabels = namespaces.map { LabelSelector($0, &diagnostics) }
    guard let podLabels else { return nil }
    switch namespaceLabels {
    case .some(nil): return nil
    case .some(.some(let labels)):
      return RulePeer(
        .pods(PodSelector(namespaces: .labelled(labels), pods: podLabels)),
        provenance: provenance(field))
    case nil:
      // Alone, a podSelector means the policy's own namespace.
      let own = PodSelector.NamespaceMatch.named(policy.namespace ?? "default")
      return RulePeer(
        .pods(PodSelector(namespaces: own, pods: podLabels)), provenance: provenance(field))
    }
  }

  private func port(_ field: Field, _ diagnostics: inout Diagnostics) -> RulePort? {
    readPort(field, &diagnostics).map { transport, match in
      RulePort(transport: transport, match: match, provenance: provenance(field))
    }
  }

  /// Paths in provenance start below `spec`, which every policy has.
  private func provenance(_ field: Field) -> Provenance {
    Provenance(policy: policy, path: field.path.droppingFirst, location: field.location)
  }
}
