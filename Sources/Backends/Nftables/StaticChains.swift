import NetSets
import Nftables
import PolicyModel

extension Nftables.Verdict {
  /// Whether it ends at the denial of a direction.
  package var isDenial: Bool {
    Direction.allCases.contains { self == .goto(Static.deny($0)) }
  }
}

/// The chains, counters and sets that every ruleset has, whatever the policies.
enum Static {
  static let new = "g-new"
  static let open = "g-open"
  static let exempt = "g-exempt"
  static let unknown = "g-deny-unknown"
  static let drops = "drops"
  static let notNewCounter = "not-new"

  static func deny(_ direction: Direction) -> String {
    direction == .ingress ? "g-deny-in" : "g-deny-eg"
  }

  static func audit(_ direction: Direction) -> String {
    direction == .ingress ? "g-audit-in" : "g-audit-eg"
  }

  static func denyCounter(_ direction: Direction) -> String {
    direction == .ingress ? "deny-in" : "deny-eg"
  }

  static func map(_ direction: Direction) -> String {
    direction == .ingress ? "pods-in" : "pods-eg"
  }

  /// The field of the packet that names the isolated pod.
  static func subjectField(_ direction: Direction) -> AddressField {
    direction == .ingress ? .destination : .source
  }

  static func peerField(_ direction: Direction) -> AddressField {
    direction == .ingress ? .source : .destination
  }

  static func counters(_ enforcement: Enforcement) -> [NamedCounter] {
    let unknown =
      enforcement.closedRanges.isEmpty
      ? [] : [NamedCounter(name: "deny-unknown", comment: "from or to an address of no known pod")]
    return [
      NamedCounter(name: denyCounter(.ingress), comment: "denied by ingress isolation"),
      NamedCounter(name: denyCounter(.egress), comment: "denied by egress isolation"),
    ] + unknown + [
      NamedCounter(name: notNewCounter, comment: "invalid, or TCP that does not start with SYN")
    ]
  }

  /// Who was denied, counted by the kernel; `size` bounds what a scan can make it remember.
  static let dropSet = NamedSet(
    name: drops, comment: "denied flows of the last 10 minutes",
    content: .flows(size: 4096, timeoutMinutes: 10))

  /// The chains that the kernel calls.
  static func hooks(_ family: IPFamily, _ enforcement: Enforcement) -> [Chain] {
    let closed = enforcement.closedRanges.filter { $0.family == family }
    func hook(
      _ name: String, _ hook: Hook, _ priority: Int, _ direction: Direction, _ comment: String
    )
      -> Chain
    {
      // One comparison lets established connections pass; everything dear comes after it.
      let established = Rule([.connectionState([.established, .related])], [], .accept)
      let dispatch = Rule([], [], .lookup(subjectField(direction), map: map(direction)))
      let unknown = closed.map { prefix in
        Rule(
          [.address(subjectField(direction), prefix.range, negated: false)], [],
          .goto(Static.unknown))
      }
      // Not on input: the node reaches itself by its own addresses in the pods' range.
      let closing = hook == .input ? [] : unknown
      return Chain(
        name: name, comment: comment, base: BaseChain(hook: hook, priority: priority),
        rules: [established, dispatch] + closing)
    }
    let input =
      enforcement.policesOwnNode
      ? [hook("hook-input", .input, -6, .egress, "policy of a local pod that calls its node")] : []
    // Two base chains, for an accept ends only its own: what egress allows, ingress still decides.
    return [
      hook("hook-egress", .forward, -6, .egress, "policy of the sending local pod"),
      hook("hook-ingress", .forward, -5, .ingress, "policy of the receiving local pod"),
    ] + input
  }

  static func shared(
    _ family: IPFamily, _ enforcement: Enforcement, _ options: NftablesOptions
  ) -> [Chain] {
    var chains = [
      Chain(
        name: open, comment: "isolated in the other direction only",
        rules: [Rule([], [], .jump(new)), Rule([], [], .accept)]),
      Chain(
        name: new, comment: "connections of isolated pods must be valid and start with SYN",
        rules: [Rule([.connectionState([.invalid])], [.namedCounter(notNewCounter)], .drop)]
          + (options.demandsSYN ? [midStream] : [])),
    ]
    for direction in Direction.allCases {
      chains.append(
        denying(
          deny(direction), "the end of every group: \(direction.rawValue) is denied",
          family, counter: denyCounter(direction), reason: .isolated(direction), options))
    }
    if !enforcement.closedRanges.isEmpty {
      chains.append(
        denying(
          unknown, "addresses of this node that no known pod has", family,
          counter: "deny-unknown", reason: .unknownPod, options))
    }
    if hasExemptions(family) {
      chains.append(
        Chain(
          name: exempt, comment: "what policies never decide: neighbour discovery",
          rules: [
            Rule([.icmpv6Type(130...137)], [], .accept),
            Rule([.icmpv6Type(143...143)], [], .accept),
          ]))
    }
    return chains
  }

  /// TCP in the middle of a connection that is not, or no more, tracked. A reset tells both ends at
  /// once what they would else find out by time-outs.
  private static let midStream = Rule(
    [.notStartOfTCP], [.namedCounter(notNewCounter)], .rejectTCP)

  private static func denying(
    _ name: String, _ comment: String, _ family: IPFamily, counter: String,
    reason: DenyLogging.Reason, _ options: NftablesOptions
  ) -> Chain {
    let exempting = hasExemptions(family) ? [Rule([], [], .jump(exempt))] : []
    let transports = Transport.allCases.map(\.ipProtocol)
    let remembering = Rule([.layer4In(transports)], [.updateFlow(set: drops)], nil)
    let answer =
      switch options.deny {
      case .drop: [Rule([], [], .drop)]
      case .reject: [Rule([], [], .rejectTCP), Rule([], [], .rejectProhibited)]
      }
    return Chain(
      name: name, comment: comment,
      rules: exempting + [remembering, Rule([], [.namedCounter(counter)], nil)]
        + logging(reason, options) + answer)
  }

  fileprivate static func logging(
    _ reason: DenyLogging.Reason, _ options: NftablesOptions
  ) -> [Rule] {
    guard let log = options.denyLog else { return [] }
    return [
      Rule(
        [],
        [
          .limit(perSecond: log.perSecond, burst: log.burst),
          .log(prefix: reason.prefix, group: Int(log.group)),
        ], nil)
    ]
  }

  /// Whether some traffic of a family passes whatever policies say. It is rare, and let through only
  /// when it is about to be denied, so that nothing else pays for the test.
  static func hasExemptions(_ family: IPFamily) -> Bool { family == .ipv6 }
}

extension Chain {
  /// Whether it counts what a policy on trial would deny.
  package var countsAudit: Bool {
    Direction.allCases.contains { name.hasPrefix(Names.auditPrefix($0)) }
  }

  /// What follows when policies on trial would deny a packet. It is there only where any is.
  package static func auditing(_ direction: Direction, _ options: NftablesOptions) -> Chain {
    Chain(
      name: Static.audit(direction),
      comment: "what audited policies would deny: \(direction.rawValue)",
      rules: [Rule([], [.counter], nil)] + Static.logging(.audited(direction), options))
  }
}
