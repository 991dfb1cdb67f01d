import ArgumentParser
import Compiler
import Diagnostics
import PolicyModel

/// `explain policy`: whom a policy selects, and whom its rules name.
struct PolicyExplanation {
  private let graph: PolicyGraph
  private let policy: TierPolicy
  /// With the endpoints that it is now; nil when it selects none.
  private let resolved: GraphPolicy?
  private let selected: [String]

  /// Throws with the nearest name when there is no such policy.
  init(_ name: String, _ compilation: Compilation) throws {
    let policies = compilation.input.policies
    guard let policy = policies.first(where: { $0.reference.qualifiedName == name }) else {
      let names = policies.map(\.reference.qualifiedName)
      let near = NearMiss.of(name, in: names).map { "; did you mean \($0)?" } ?? ""
      throw Console.fail("no policy \(name)\(near)", .badInput)
    }
    let graph = compilation.graph
    let position = graph.policies.firstIndex { $0.reference == policy.reference }
    self.graph = graph
    self.policy = policy
    resolved = position.map { graph.policies[$0] }
    selected = graph.endpoints.filter { endpoint in
      Direction.allCases.contains { direction in
        guard let position, let group = endpoint.group(direction) else { return false }
        return graph.groups[group].policies.contains(position)
      }
    }.map(\.displayName)
  }

  var text: String {
    guard let resolved else {
      return "\(policy.reference.qualifiedName) selects no pod: it does nothing\n"
    }
    var lines = [
      "\(policy.reference)   \(policy.location.fileAndLine)"
    ]
    if policy.tier.isAudited { lines.append("audited: it denies nothing yet") }
    lines.append("selects \(policy.subject)")
    lines += selected.map { "  \($0)" }
    for direction in Direction.allCases where resolved.edges(direction) != nil {
      lines.append(direction.rawValue)
      lines += NamedRules(resolved, direction, in: graph).lines
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Schema `netpolc.policy/v1`.
  var json: JSON {
    let members: [(String, JSON)] = [
      ("schema", "netpolc.policy/v1"),
      ("policy", .string(policy.reference.qualifiedName)),
      ("kind", .string(policy.reference.kind)),
      ("source", policy.location.json),
      ("audited", .bool(policy.tier.isAudited)),
      ("selector", .string(policy.subject.description)),
      ("selects", .array(selected.map { .string($0) })),
    ]
    guard let resolved else { return .object(members) }
    let rules = Direction.allCases.map { direction -> (String, JSON) in
      let isRestricted = resolved.edges(direction) != nil
      return (
        direction.rawValue,
        isRestricted ? NamedRules(resolved, direction, in: graph).json : .null
      )
    }
    return .object(members + rules)
  }
}
