import NetSets
import Nftables

/// Whose packets may come by no other source than the sender's own. Policies go by addresses, so
/// that a pod which takes another's address has its rights.
package struct AntiSpoofing: Hashable, Sendable {
  /// The node's ends of the links of pods that have a route of their own each.
  package var routed: [InterfacePattern]
  /// What is known of pods behind bridges; nil when there are to be none, an empty list when none is
  /// known yet.
  package var bridged: [PortBinding]?

  package init(routed: [InterfacePattern], bridged: [PortBinding]? = nil) {
    self.routed = routed
    self.bridged = bridged
  }
}

extension AntiSpoofing {
  static let chain = "hook-spoof"
  static let counter = NamedCounter(
    name: "deny-spoofed", comment: "sent by a pod with an address that is not its own")

  /// The chain that asks of each packet of a pod whether the way back to its source is the way it
  /// came; nil when no pod has a route of its own.
  ///
  /// The kernel does not ask that of IPv6 without a source, as when an address is made sure to be
  /// nobody else's (nft_fib_ipv6.c, `nft_fib_v6_skip_icmpv6`), and finds link-local addresses on
  /// the link itself, so that neighbours go on finding each other.
  var routedChain: Chain? {
    if routed.isEmpty { return nil }
    return Chain(
      name: Self.chain, comment: "what pods send with an address that is not their own",
      // Before connections are tracked: what is dropped here leaves no trace there.
      base: BaseChain(hook: .prerouting, priority: -300),
      rules: routed.map { pattern in
        Rule(
          [
            .interface(
              .in, InterfaceName(pattern.name, isPrefix: pattern.isPrefix), negated: false),
            .sourceNotBehindInInterface,
          ], [.namedCounter(Self.counter.name)], .drop)
      })
  }
}
