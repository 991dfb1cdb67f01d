import Diagnostics
import Kubernetes
import NetSets
import PolicyModel
import Reports

extension LintRule {
  static let blockCoversPods = LintRule(
    "NPC010", "ip-block-covers-pods", .warning, needs: .objects,
    summary: "An ipBlock covers addresses of pods, which only selectors name reliably.",
    help: """
      Pods get other addresses when they are made anew, some network plugins never match pods by
      `ipBlock`, and others, as netpolc does, let every pod of the range in. The item means one of
      these by accident.

      Name pods by `podSelector` and `namespaceSelector`, and take their range out of the block with
      `except`. For `0.0.0.0/0` and `::/0` it is a note: whoever means anyone may mean pods too.
      """
  ) { context in
    let ranges = context.cluster.nodes.flatMap { node in
      node.podCIDRs.map { (range: $0.range, words: "\($0), the pods of node \(node.name)") }
    }
    let pods = context.graph.endpoints.flatMap { endpoint in
      endpoint.addresses.map { (address: $0, words: "\(endpoint.displayName), \($0)") }
    }
    if ranges.isEmpty, pods.isEmpty { return [] }
    var known: [IPBlock: String?] = [:]
    func covered(_ block: IPBlock) -> String? {
      if let words = known[block] { return words }
      let words =
        ranges.first { !block.addresses.intersection(AddressSet([$0.range])).isEmpty }?.words
        ?? pods.first { block.contains($0.address) }?.words
      known[block] = .some(words)
      return words
    }
    return context.policies.flatMap(\.allRules).flatMap { direction, rule in
      (rule.peers ?? []).compactMap { peer -> Issue? in
        guard case .block(let block) = peer.match, let words = covered(block) else { return nil }
        return Issue(
          peer.provenance, "\(block) covers \(words)",
          hint: "select pods by their labels, and add their range to except",
          level: block.cidr.length == 0 ? .note : nil)
      }
    }
  }
}
