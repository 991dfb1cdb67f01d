import Iptables
import NetSets
import PolicyModel

/// The chains that every node has, whatever the policies.
enum StaticFilter {
  static let forward = Entrance(.forward).chain
  static let input = Entrance(.input).chain
  static let new = "NPC-NEW"
  static let unknown = "NPC-DENY-UNKNOWN"

  static func dispatch(_ direction: Direction) -> String {
    direction == .ingress ? "NPC-IN" : "NPC-EG"
  }

  static func deny(_ direction: Direction) -> String {
    direction == .ingress ? "NPC-DENY-IN" : "NPC-DENY-EG"
  }

  static func groupOfIsolatedOtherwise(_ group: String) -> String { "\(group)-NEW" }

  static func group(_ direction: Direction) -> String {
    direction == .ingress ? "NPC-GI-" : "NPC-GE-"
  }

  /// The field of the packet that names the isolated pod.
  static func subjectField(_ direction: Direction) -> AddressField {
    direction == .ingress ? .destination : .source
  }

  static func peerField(_ direction: Direction) -> AddressField {
    direction == .ingress ? .source : .destination
  }

  static func entrances(_ enforcement: Enforcement) -> [Entrance] {
    [Entrance(.forward)] + (enforcement.policesOwnNode ? [Entrance(.input)] : [])
  }

  /// One match lets established connections pass; everything dear comes after it. Then what egress
  /// allows comes back here by `RETURN`, and ingress decides too. No mark is needed, and none of
  /// the bits of packets that others use.
  static let established = Rule([.connectionState([.established, .related])], .return)

  static func shared(
    _ family: IPFamily, _ enforcement: Enforcement, _ options: IptablesOptions
  ) -> [Chain] {
    var chains = [
      Chain(
        name: forward,
        rules: [
          established, Rule([], .jump(dispatch(.egress))), Rule([], .jump(dispatch(.ingress))),
        ]),
      // As in the other backend: TCP that a change of policy cut must not go on in its middle.
      Chain(
        name: new,
        rules: [Rule([.connectionState([.invalid])], .drop)]
          + (options.demandsSYN ? [Rule([.notStartOfTCP], .rejectTCP)] : [])),
    ]
    for direction in Direction.allCases {
      chains.append(denying(deny(direction), family, reason: .isolated(direction), options))
    }
    if !enforcement.closedRanges.isEmpty {
      chains.append(denying(unknown, family, reason: .unknownPod, options))
    }
    return chains
  }

  private static func denying(
    _ name: String, _ family: IPFamily, reason: DenyLogging.Reason,
    _ options: IptablesOptions
  ) -> Chain {
    let answer =
      switch options.deny {
      case .drop: [Rule([], .drop)]
      case .reject: [Rule([.transport(.tcp)], .rejectTCP), Rule([], .rejectProhibited)]
      }
    return Chain(name: name, rules: exempting(family) + logging(reason, options) + answer)
  }

  static func logging(_ reason: DenyLogging.Reason, _ options: IptablesOptions) -> [Rule] {
    guard let log = options.denyLog else { return [] }
    return [
      Rule(
        [.limit(perSecond: log.perSecond, burst: log.burst)],
        .log(prefix: reason.prefix, group: Int(log.group)))
    ]
  }

  /// What policies never decide, let through only where it is about to be denied or told of, so that
  /// nothing else pays for the test. The chain was entered by goto: this returns to where ingress is asked.
  static func exempting(_ family: IPFamily) -> [Rule] {
    switch family {
    case .ipv4: []
    // Match `icmp6` knows ranges of codes, not of types.
    case .ipv6:
      (0...UInt8.max).filter(Connection.isNeighbourDiscovery(icmpv6Type:)).map {
        Rule([.icmpv6Type($0)], .return)
      }
    }
  }
}
