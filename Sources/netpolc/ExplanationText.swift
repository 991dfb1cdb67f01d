import Analysis
import Diagnostics
import PolicyModel

/// An explanation for people, the verdict first, then each side with every rule that was asked; and
/// for programs.
struct ExplanationText {
  let explanation: Explanation
  let graph: PolicyGraph
  let source: String
  let destination: String
  let port: String
  let nearMisses: [NearMissPolicy]
  /// By which source it leaves; nil when not asked for.
  let nat: SourceExplanation?
  /// The rules of the firewall behind the deciding ones; nil when not asked for.
  let rules: [String]?

  /// Schema `netpolc.explain/v1`.
  var json: JSON {
    var members: [(String, JSON)] = [
      ("schema", "netpolc.explain/v1"), ("from", .string(source)), ("to", .string(destination)),
      ("port", .string(port)), ("allowed", .bool(explanation.isAllowed)),
      ("egress", explanation.egress.verdict.json(in: graph)),
      ("ingress", explanation.ingress.verdict.json(in: graph)),
      ("nearMisses", .array(nearMisses.map(\.json))),
    ]
    if let nat { members.append(("nat", nat.json)) }
    if let rules { members.append(("rules", .array(rules.map { .string($0) }))) }
    return .object(members)
  }

  var text: String {
    var lines = [headline]
    if !explanation.isAllowed || rules != nil {
      lines.append("")
      lines += side(explanation.egress, of: source)
      lines += side(explanation.ingress, of: destination)
    }
    if !explanation.isAllowed, !nearMisses.isEmpty {
      lines += ["", "would be allowed by (near misses)"]
      lines += nearMisses.map { "  \($0.text)" }
    }
    if let nat { lines.append(nat.text(isAllowed: explanation.isAllowed)) }
    if let rules {
      let none = "  none: no rule of a policy decides this"
      lines += ["", "rules"] + (rules.isEmpty ? [none] : rules.map { "  \($0)" })
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    if explanation.isAllowed {
      return
        "ALLOWED   egress \(reason(explanation.egress)), ingress \(reason(explanation.ingress))"
    }
    let sides = [(explanation.egress, source), (explanation.ingress, destination)]
      .filter { !$0.0.verdict.isAllowed }.map { "\($0.0.direction.rawValue) of \($0.1)" }
    return "DENIED at \(sides.joined(separator: " and at "))"
  }

  private func reason(_ side: Explanation.Side) -> String {
    switch side.verdict {
    case .notPoliced: "is not policed (no pod of this input)"
    case .notIsolated: "is not isolated"
    case .exempt: "is exempt (the pod's own node, or neighbour discovery)"
    case .unknownPod: "of an address that no known pod has"
    case .allowed(let provenance), .denied(let provenance):
      "by \(provenance.policy.qualifiedName) \(provenance.path) \(provenance.location.fileAndLine)"
    case .isolated: "is isolated"
    case .audited(let policies):
      "would be denied by "
        + policies.map { graph.policies[$0] }
        .map { "\($0.reference.qualifiedName) \($0.location.fileAndLine)" }
        .joined(separator: ", ")
        + (policies.count == 1 ? " if it were not audited" : " if they were not audited")
    }
  }

  private func side(_ side: Explanation.Side, of name: String) -> [String] {
    let head = "\(side.direction.rawValue) of \(name)"
    guard !side.policies.isEmpty else {
      return ["\(head)   \(side.verdict.isAllowed ? "allowed: " : "")\(reason(side))"]
    }
    let isAudited = if case .audited = side.verdict { true } else { false }
    let words = isAudited ? "   audited by   " : "   isolated by  "
    let width = side.policies.map(\.reference.qualifiedName.count).max() ?? 0
    var lines = side.policies.enumerated().map { index, policy in
      let lead = index == 0 ? "\(head)\(words)" : ""
      let margin = String(repeating: " ", count: head.count + words.count - lead.count)
      let name = policy.reference.qualifiedName
      let gap = String(repeating: " ", count: width - name.count + 3)
      return "\(lead)\(index == 0 ? "" : margin)\(name)\(gap)\(policy.location.fileAndLine)"
    }
    for rule in side.rules { lines.append("  \(text(rule, side.direction))") }
    return lines
  }

  private func text(_ rule: Explanation.AskedRule, _ direction: Direction) -> String {
    let edge = rule.edge
    let outcome =
      switch (rule.peerMatches, rule.portMatches) {
      case (true, true): "match      "
      case (true, false), (false, true), (false, false): "no match   "
      }
    let why =
      switch (rule.peerMatches, rule.portMatches) {
      case (true, true): ""
      case (true, false): "   (port differs)"
      case (false, true): "   (peer differs)"
      case (false, false): "   (peer and port differ)"
      }
    let side = direction == .ingress ? "from" : "to"
    let peers = edge.peers.map { $0.map(graph.text).joined(separator: " or ") } ?? "anyone"
    let ports = edge.ports.map { $0.map(\.description).joined(separator: ", ") } ?? "any port"
    return "\(outcome)\(edge.provenance.policy.qualifiedName) \(edge.provenance.path)   "
      + "\(edge.provenance.location.fileAndLine)   \(side) \(peers), \(ports)\(why)"
  }
}
