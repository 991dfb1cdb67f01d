/// Which part of the kernel iptables puts its rules into. Those of one do not see the other's, and
/// packets pass both.
package enum IptablesVariant: String, Hashable, Sendable, CaseIterable {
  /// nf_tables, by iptables-nft.
  case nft
  /// ip_tables, by iptables-legacy and by every iptables before 1.8.
  case legacy

  package var other: IptablesVariant { self == .nft ? .legacy : .nft }

  /// Of what `iptables-restore --version` prints: `iptables-restore v1.8.9 (nf_tables)`.
  init(version: String) { self = version.contains("(nf_tables)") ? .nft : .legacy }
}
