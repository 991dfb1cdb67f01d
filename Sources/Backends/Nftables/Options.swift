import Masquerade

/// What the user chooses about the ruleset, beyond what policies say.
package struct NftablesOptions: Hashable, Sendable {
  /// How a denied connection is answered.
  package enum Deny: String, Hashable, Sendable, CaseIterable {
    /// Not at all: the packet is dropped and counted.
    case drop
    /// With a TCP reset, or an ICMP administratively-prohibited.
    case reject
  }

  package var deny: Deny
  /// Where denied packets are also sent; nil for nowhere.
  package var denyLog: DenyLogging?
  /// Named in the table's comment.
  package var node: String?
  /// Whether a new TCP connection of an isolated pod must start with SYN. Without that, a connection
  /// that was cut comes back with its next packet; with it, connections that began before the
  /// kernel tracked any are reset.
  package var demandsSYN: Bool
  /// How many sets of endpoints a table may have: the kernel's work to load sets grows with the
  /// square of their number. The default leaves room for ports and blocks below a thousand.
  package var setLimit: Int

  /// How connections leave the node; nil when nothing is said of it.
  package var masquerade: NodeMasquerade?
  /// Who is held to send by no other address than its own; nil when nobody is.
  package var antiSpoofing: AntiSpoofing?

  package init(
    deny: Deny = .drop, denyLog: DenyLogging? = nil, node: String? = nil, demandsSYN: Bool = true,
    setLimit: Int = 900
  ) {
    self.deny = deny
    self.denyLog = denyLog
    self.node = node
    self.demandsSYN = demandsSYN
    self.setLimit = setLimit
  }
}
