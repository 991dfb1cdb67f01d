import Diagnostics
import Iptables
import PolicyModel

/// A chain while its rules are made, with where they come from.
struct RuleList {
  let name: String
  private(set) var rules: [Rule] = []
  private(set) var origins: [(rule: Int, provenance: Provenance, port: FieldPath?)] = []

  init(name: String) { self.name = name }

  mutating func add(_ matches: [Match], _ target: Target, comment: String? = nil) {
    rules.append(Rule(matches, target, comment: comment))
  }

  /// Adds a rule that a part of a policy asked for, with those of its ports that it stands for.
  mutating func add(
    _ matches: [Match], _ target: Target, from provenance: Provenance, ports: [RulePort]
  ) {
    let port = ports.count == 1 ? ports[0].provenance.path : nil
    origins.append((rules.count, provenance, port))
    add(matches, target, comment: Comments.rule(provenance, ports: ports))
  }

  var chain: Chain { Chain(name: name, rules: rules) }
}
