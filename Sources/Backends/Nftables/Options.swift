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
  /// Whether denied packets are also sent, up to 20 a second, to nflog group 100.
  package var logsDenied: Bool
  /// Named in the table's comment.
  package var node: String?

  package init(deny: Deny = .drop, logsDenied: Bool = false, node: String? = nil) {
    self.deny = deny
    self.logsDenied = logsDenied
    self.node = node
  }
}
