import Diagnostics
import Nftables
import PolicyModel

/// A chain while its rules are made, with the sub-chains that large rules move into.
struct ChainBuilder {
  let name: String
  let comment: String?
  var rules: [Rule] = []
  private var subchains: [Chain] = []
  private(set) var origins: [(chain: String, rule: Int, Provenance, port: FieldPath?)] = []

  init(name: String, comment: String?) {
    self.name = name
    self.comment = comment
  }

  /// Adds a rule that a part of a policy asked for.
  mutating func add(
    _ matches: [Match], _ verdict: Nftables.Verdict, from provenance: Provenance, port: RulePort?
  ) {
    origins.append((name, rules.count, provenance, port?.provenance.path))
    rules.append(
      Rule(matches, [.counter], verdict, comment: Comments.rule(provenance, port: port)))
  }

  /// Adds a sub-chain and returns its name.
  mutating func addSubchain(
    _ parts: [(matches: [Match], provenance: Provenance)], _ verdict: Nftables.Verdict
  ) -> String {
    let subchain = "\(name)/r\(subchains.count)"
    for (rule, part) in parts.enumerated() {
      origins.append((subchain, rule, part.provenance, port: nil))
    }
    subchains.append(
      Chain(
        name: subchain, comment: comment,
        rules: parts.map { part in
          Rule(
            part.matches, [.counter], verdict, comment: Comments.rule(part.provenance, port: nil))
        }))
    return subchain
  }

  /// The sub-chains, then the chain that jumps to them.
  var chains: [Chain] { subchains + [Chain(name: name, comment: comment, rules: rules)] }
}
