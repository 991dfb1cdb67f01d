import NetSets

extension TableCheck {
  mutating func check(_ chain: Chain) {
    for (index, rule) in chain.rules.enumerated() {
      let what = "rule \(index) of chain \(chain.name)"
      check(comment: rule.comment, of: what)
      if rule.matches.isEmpty, rule.statements.isEmpty, rule.verdict == nil {
        problem("\(what) is empty, which nft cannot write")
      }
      for match in rule.matches { check(match, of: what) }
      for statement in rule.statements { check(statement, of: what) }
      if let verdict = rule.verdict { check(verdict, of: what) }
      checkProtocols(rule, what)
      checkPath(rule, in: chain.base, what)
    }
  }

  private mutating func check(_ match: Match, of what: String) {
    switch match {
    case .connectionState(let states):
      let canonical = ConnectionState.allCases.filter(states.contains)
      if states.isEmpty || states != canonical {
        problem("\(what) has connection states that are missing, repeated or not in nft's order")
      }
    case .layer4In(let protocols):
      if protocols.count < 2 || !zip(protocols, protocols.dropFirst()).allSatisfy({ $0 < $1 }) {
        problem("\(what) has protocols that are fewer than two, repeated or out of order")
      }
    case .address(_, let range, _):
      check(family: range.family, of: "an address in \(what)")
    case .addressIn(_, let set, _):
      switch content(ofSet: set) {
      case .addresses, .intervals: break
      case .endpoints, .flows: problem("\(what) looks an address up in set \(set) of another type")
      case nil: problem("\(what) looks into set \(set), which is missing")
      }
    case .destinationIn(let set):
      switch content(ofSet: set) {
      case .endpoints: break
      case .addresses, .intervals, .flows:
        problem("\(what) looks a port up in set \(set) of another type")
      case nil: problem("\(what) looks into set \(set), which is missing")
      }
    case .interface(_, let name, _):
      check(quoted: name.text, longest: InterfaceName.longest, "the interface of \(what)")
      if name.text.isEmpty { problem("\(what) has no name for its interface") }
      if name.text.contains("*") { problem("the interface of \(what) has a * in it") }
    case .notStartOfTCP, .destinationPort, .layer4, .icmpv6Type, .local, .sourceNotOnOutInterface,
      .sourceNotBehindInInterface:
      break
    }
  }

  private mutating func check(_ statement: Statement, of what: String) {
    switch statement {
    case .counter: break
    case .namedCounter(let name): check(counter: name, of: what)
    case .limit(let perSecond, let burst):
      if !(1...0xffff_ffff).contains(perSecond) || !(1...0xffff_ffff).contains(burst) {
        problem("\(what) has a limit of \(perSecond) a second with burst \(burst)")
      }
    case .log(let prefix, let group):
      check(quoted: prefix, longest: TableCheck.longestPrefix, "the log prefix of \(what)")
      // nft replaces variables in log prefixes, and only there.
      if prefix.contains("$") { problem("the log prefix of \(what) has a $") }
      if !(0...0xffff).contains(group) { problem("\(what) logs to group \(group)") }
    case .updateFlow(let set):
      switch content(ofSet: set) {
      case .flows: break
      case .addresses, .endpoints, .intervals:
        problem("\(what) updates set \(set), which is not dynamic")
      case nil: problem("\(what) updates set \(set), which is missing")
      }
    }
  }

  /// Once a rule has named a protocol, nft lists its ports as that protocol's (`tcp dport`, and
  /// `icmp checksum`), and leaves the protocol out where something else implies it.
  private mutating func checkProtocols(_ rule: Rule, _ what: String) {
    var named = false
    var listed = false
    for match in rule.matches {
      switch match {
      case .destinationPort, .destinationIn:
        if named { problem("\(what) reads a port after it has named a protocol") }
      case .layer4:
        if named || listed { problem("\(what) names protocols twice") }
        named = true
      case .layer4In:
        if named || listed { problem("\(what) names protocols twice") }
        listed = true
      case .notStartOfTCP, .icmpv6Type:
        if named || listed { problem("\(what) implies a protocol after it has named one") }
        named = true
      case .connectionState, .address, .addressIn, .interface, .local, .sourceNotOnOutInterface,
        .sourceNotBehindInInterface:
        break
      }
    }
    for case .updateFlow in rule.statements where named {
      problem("\(what) updates a set of ports after it has named a protocol")
    }
    if rule.verdict == .rejectTCP { checkReset(rule, what) }
  }

  /// A TCP reset implies TCP. Unless the rule says so by itself, nft puts `meta l4proto tcp` before
  /// all else, and lists it unless there is nothing but matches between it and the reset.
  private mutating func checkReset(_ rule: Rule, _ what: String) {
    var namesTCP = false
    var startsTCP = false
    var readsPort = false
    for match in rule.matches {
      switch match {
      case .layer4(.tcp): namesTCP = true
      case .notStartOfTCP: startsTCP = true
      case .destinationPort, .destinationIn: readsPort = true
      case .layer4, .layer4In, .icmpv6Type:
        problem("\(what) answers other protocols with a TCP reset")
      case .connectionState, .address, .addressIn, .interface, .local, .sourceNotOnOutInterface,
        .sourceNotBehindInInterface:
        break
      }
    }
    if rule.statements.isEmpty {
      if namesTCP { problem("\(what) names TCP, which its verdict implies") }
      if readsPort, !startsTCP { problem("\(what) reads a port that nft would make a TCP port") }
    } else if !namesTCP, !startsTCP {
      problem("\(what) has statements before a TCP reset without naming TCP")
    }
  }
}
