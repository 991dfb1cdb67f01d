import NetSets

/// A rule: when every match holds, the statements run and the verdict, if any, is given.
package struct Rule: Hashable, Sendable {
  package let matches: [Match]
  package let statements: [Statement]
  package let verdict: Verdict?
  /// At most 128 bytes (`NFTNL_UDATA_COMMENT_MAXLEN`), no double quotes.
  package let comment: String?

  package init(
    _ matches: [Match] = [], _ statements: [Statement] = [], _ verdict: Verdict?,
    comment: String? = nil
  ) {
    self.matches = matches
    self.statements = statements
    self.verdict = verdict
    self.comment = comment
  }
}

/// `saddr` or `daddr`.
package enum AddressField: Hashable, Sendable {
  case source
  case destination
}

/// `ct state`, as the kernel sees the packet's connection.
package enum ConnectionState: String, Hashable, Sendable, CaseIterable {
  case invalid
  case established
  case related
  case new
  case untracked
}

/// A test of the packet. The family of addresses is the table's.
package enum Match: Hashable, Sendable {
  /// `ct state established,related`: any of them, in nft's order.
  case connectionState([ConnectionState])
  /// `tcp flags != syn / fin,syn,rst,ack`: TCP that does not open a connection.
  case notStartOfTCP
  /// `th dport 80`, `th dport 9000-9100`: reads the word where TCP, UDP and SCTP have their
  /// destination port, whatever the protocol is.
  case destinationPort(ClosedRange<UInt16>)
  /// `meta l4proto tcp`.
  case layer4(IPProtocol)
  /// `meta l4proto { tcp, udp, sctp }`: an anonymous set.
  case layer4In([IPProtocol])
  /// `ip saddr 10.0.0.0/8`, `ip saddr != 10.66.0.0/16`, `ip saddr 10.0.0.1-10.0.0.5`.
  case address(AddressField, AddressRange, negated: Bool)
  /// `ip saddr @p-0f6b1c2d8e71`, `ip daddr != @masq-skip`.
  case addressIn(AddressField, set: String, negated: Bool = false)
  /// `ip daddr . meta l4proto . th dport @n-6a5512fe90cd`.
  case destinationIn(set: String)
  /// `icmpv6 type 130-137`.
  case icmpv6Type(ClosedRange<UInt8>)
  /// `iifname "cali*"`, `oifname != "vlan*"`.
  case interface(InterfaceField, InterfaceName, negated: Bool)
  /// `fib daddr type local`, `fib daddr type != local`: an address of the node itself.
  case local(AddressField, negated: Bool)
  /// `fib saddr . oif type != local`: the interface that the packet leaves by does not have the
  /// packet's source for an address.
  case sourceNotOnOutInterface
  /// `fib saddr . iif oif missing`: an answer to the packet's source would not leave by the
  /// interface that the packet came in by.
  case sourceNotBehindInInterface
}

/// `iifname` or `oifname`.
package enum InterfaceField: Hashable, Sendable {
  case `in`
  case out
}

/// The name of an interface, or the start of the names of some.
package struct InterfaceName: Hashable, Sendable {
  /// Without the `*` that says that there may be more.
  package let text: String
  package let isPrefix: Bool

  /// At most so many bytes, and at least one.
  package static let longest = 15
  /// The kernel keeps names with zeros after them (linux/if.h, `IFNAMSIZ`).
  package static let bytes = 16

  package init(_ text: String, isPrefix: Bool = false) {
    self.text = text
    self.isPrefix = isPrefix
  }

  package func matches(_ name: String) -> Bool { isPrefix ? name.hasPrefix(text) : name == text }
}

extension InterfaceName: CustomStringConvertible {
  package var description: String { isPrefix ? "\(text)*" : text }
}

/// What a rule does besides deciding.
package enum Statement: Hashable, Sendable {
  /// `counter`
  case counter
  /// `counter name "deny-in"`
  case namedCounter(String)
  /// `limit rate 20/second burst 40 packets`: ends the rule for packets above the rate.
  case limit(perSecond: Int, burst: Int)
  /// `log prefix "netpolc deny-in " group 100`: to whoever listens on that nflog group.
  case log(prefix: String, group: Int)
  /// `update @drops { ip saddr . ip daddr . meta l4proto . th dport counter }`
  case updateFlow(set: String)
}

/// Where the packet goes from here.
package enum Verdict: Hashable, Sendable {
  case accept
  case drop
  case `return`
  case jump(String)
  case goto(String)
  /// `ip saddr vmap @pods-eg`: the verdict of the packet's address; none when it has no element.
  case lookup(AddressField, map: String)
  /// `reject with tcp reset`, which only matches TCP.
  case rejectTCP
  /// `reject with icmp admin-prohibited`, of the table's family.
  case rejectProhibited
  /// Of chains of type `nat` only. No other chain translates the connection after this.
  case translate(SourceTranslation)
}
