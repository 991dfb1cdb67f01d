import NetSets

/// A rule: when all matches hold, its target is what happens.
package struct Rule: Hashable, Sendable {
  package let matches: [Match]
  package let target: Target
  package let comment: String?

  /// - Parameter matches: in any order; they are kept in that of `iptables-save`.
  package init(_ matches: [Match], _ target: Target, comment: String? = nil) {
    self.matches = Rule.asListed(matches)
    self.target = target
    self.comment = comment
  }

  /// Addresses first, then the protocol, then what is loaded with `-m` as it was given.
  private static func asListed(_ matches: [Match]) -> [Match] {
    (0...Match.lastRank).flatMap { rank in matches.filter { $0.rank == rank } }
  }
}

extension Match {
  fileprivate static let lastRank = 5

  fileprivate var rank: Int {
    switch self {
    case .address(.source, _): 0
    case .address(.destination, _): 1
    case .outInterface: 2
    case .transport, .ports, .notStartOfTCP, .icmpv6Type: 3
    case .connectionState, .addressIn, .destinationIn, .local, .sourceNotOnOutInterface: 4
    case .limit: Match.lastRank
    }
  }
}

package enum Match: Hashable, Sendable {
  /// `-m conntrack --ctstate RELATED,ESTABLISHED`
  case connectionState(Set<ConnectionState>)
  /// TCP that is not SYN alone: `-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN`
  case notStartOfTCP
  /// `-p tcp`
  case transport(Transport)
  /// The destination's port in any of the ranges; at most `mostPortSlots` of them.
  case ports(Transport, [ClosedRange<UInt16>])
  /// `-s 10.0.0.0/8`: one a rule and field.
  case address(AddressField, IPPrefix)
  /// `-m set --match-set npc-p4-… src`, `-m set ! --match-set npc-m4-… dst`
  case addressIn(AddressField, set: String, negated: Bool = false)
  /// The destination with its protocol and port: `-m set --match-set npc-n4-… dst,dst`
  case destinationIn(set: String)
  /// `-p ipv6-icmp -m icmp6 --icmpv6-type 135`
  case icmpv6Type(UInt8)
  /// `-m limit --limit 20/sec --limit-burst 40`
  case limit(perSecond: Int, burst: Int)

  /// `-o eth0`, `! -o vlan+`: a name, or with `+` the start of some.
  case outInterface(String, negated: Bool)
  /// `-m addrtype ! --dst-type LOCAL`: an address of the node's own, or none.
  case local(AddressField, negated: Bool)
  /// `-m addrtype ! --src-type LOCAL --limit-iface-out`: the interface that the packet leaves by does
  /// not have the source for an address.
  case sourceNotOnOutInterface

  /// `XT_MULTI_PORTS` of the kernel; a range takes two.
  package static let mostPortSlots = 15

  package static func slots(_ ports: ClosedRange<UInt16>) -> Int { ports.count == 1 ? 1 : 2 }
}

package enum Target: Hashable, Sendable {
  /// Back to where the last jump was; a goto leaves no place to come back to.
  case `return`
  case drop
  case jump(String)
  case goto(String)
  /// The rule must match TCP.
  case rejectTCP
  /// With ICMP administratively-prohibited.
  case rejectProhibited
  /// To an nflog group; the packet goes on.
  case log(prefix: String, group: Int)
  /// Of table `nat` only; no later rule of any table gives the connection another source.
  case translate(SourceTranslation)
}

/// By which source a connection leaves the node.
package enum SourceTranslation: Hashable, Sendable {
  /// `-j MASQUERADE`: the address of the interface that it leaves by.
  case masquerade(SourcePorts)
  /// `-j SNAT --to-source 192.0.2.1`
  case address(IPAddress, SourcePorts)
  /// `-j NETMAP --to 10.244.0.0/16`: the same address in another prefix; in the prefix that it has, its
  /// own.
  case prefix(IPPrefix)
}

/// By which source port.
package struct SourcePorts: Hashable, Sendable {
  /// nil for any. Only where the rule names a protocol with ports.
  package let range: ClosedRange<UInt16>?
  package let choice: Choice

  package init(_ range: ClosedRange<UInt16>? = nil, _ choice: Choice) {
    self.range = range
    self.choice = choice
  }

  package enum Choice: String, Hashable, Sendable, CaseIterable {
    case kept = ""
    case random = "--random"
    case fullyRandom = "--random-fully"
  }
}

package enum AddressField: Hashable, Sendable {
  case source
  case destination
}

package enum ConnectionState: String, Hashable, Sendable, CaseIterable {
  case invalid = "INVALID"
  case new = "NEW"
  case related = "RELATED"
  case established = "ESTABLISHED"
  case untracked = "UNTRACKED"
}
