import Masquerade

/// What the user chooses about the rules, beyond what policies say.
package struct IptablesOptions: Hashable, Sendable {
  package var deny: NftablesOptions.Deny
  /// Where denied packets are also sent; nil for nowhere.
  package var denyLog: DenyLogging?
  /// How many sets of endpoints a family may have. The default leaves room for ports and blocks
  /// below what the kernel's ipset can number.
  package var setLimit: Int
  /// Whether new TCP of an isolated pod must start with SYN; not on a node that forwarded packets
  /// while the kernel tracked none, where every stream looks new in its middle.
  package var demandsSYN = true

  /// How connections leave the node; nil when nothing is said of it.
  package var masquerade: NodeMasquerade?

  package init(
    deny: NftablesOptions.Deny = .drop, denyLog: DenyLogging? = nil, setLimit: Int = 30_000
  ) {
    self.deny = deny
    self.denyLog = denyLog
    self.setLimit = setLimit
  }

  /// What the same choices are in iptables, which guards no port.
  package init(_ options: NftablesOptions) {
    self.init(deny: options.deny, denyLog: options.denyLog)
    demandsSYN = options.demandsSYN
    masquerade = options.masquerade
  }
}
