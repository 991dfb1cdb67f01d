import Kubernetes
import NetSets

/// What the user asks of how connections leave, whatever the cluster is like.
package struct MasqueradeRequest: Hashable, Sendable {
  package let translator: Translator
  package let mode: MasqueradeMode
  /// Beside what a translator's files or pools say.
  package var from: [IPPrefix] = []
  package var skip: [IPPrefix] = []
  package var to: [IPAddress] = []

  package enum Translator: Hashable, Sendable {
    /// All of it by flags.
    case flags(PlainMasquerade)
    case files(MasqueradeConfiguration)
    /// Calico's, which are objects of the cluster.
    case pools
  }

  package init(_ translator: Translator, _ mode: MasqueradeMode) {
    self.translator = translator
    self.mode = mode
  }
}

/// What a cluster says of how connections leave.
package struct MasqueradeFacts: Sendable {
  package let pools: [IPPool]
  package let outgoingNAT: OutgoingNAT?
  package let nodes: [Node]

  package init(
    pools: some Sequence<IPPool> = [], outgoingNAT: OutgoingNAT? = nil,
    nodes: some Sequence<Node> = []
  ) {
    // What is made of them names them in this order.
    self.pools = pools.sorted { $0.name < $1.name }
    self.outgoingNAT = outgoingNAT
    self.nodes = nodes.sorted { $0.name < $1.name }
  }
}

extension MasqueradeRequest {
  /// Why rules of iptables would not do it; nil where they do.
  package var reasonNotInIptables: String? {
    guard case .files(let configuration) = translator, mode == .override,
      let precedence = configuration.precedence
    else { return nil }
    return "\(precedence), so that --masq override need not have an effect there; leave --backend "
      + "iptables out"
  }

  /// - Parameter name: the node that the rules are for; nil when they are for any.
  /// - Throws: `MissingFact`, which says what to give.
  package func masquerade(
    _ facts: MasqueradeFacts, node name: String?
  ) throws(MissingFact) -> NodeMasquerade {
    switch translator {
    case .flags(let plain): return NodeMasquerade(plain.masquerade, mode)
    case .files(let configuration):
      let context = MasqueradeContext(
        from: from, skip: skip, to: to, node: facts.nodes.first { $0.name == name },
        nodes: facts.nodes)
      return NodeMasquerade(try configuration.masquerade(context), mode)
    case .pools:
      guard !facts.pools.isEmpty else {
        throw MissingFact(
          description: "nothing says what is translated: the input has no IPPool; give --masq-from "
            + "or --masq-config")
      }
      return NodeMasquerade(
        Masquerade(pools: facts.pools, facts.outgoingNAT, nodes: facts.nodes, skip: skip), mode)
    }
  }
}
