import NetSets

/// Which rules a hook can have: what is known of a packet's path, and where it can be translated.
extension TableCheck {
  /// - Parameter base: of the rule's chain. What a chain without one may ask depends on who leads
  ///   to it, so that we have it ask nothing of the kind.
  mutating func checkPath(_ rule: Rule, in base: BaseChain?, _ what: String) {
    for match in rule.matches {
      switch match {
      case .sourceNotOnOutInterface:
        if base?.hook != .postrouting { problem("\(what) asks for the way out too early") }
      case .sourceNotBehindInInterface:
        if base?.hook != .prerouting { problem("\(what) asks for the way in too late") }
      case .interface, .local, .connectionState, .notStartOfTCP, .destinationPort, .layer4,
        .layer4In, .address, .addressIn, .destinationIn, .icmpv6Type:
        break
      }
    }
    checkTranslation(rule, in: base, what)
  }

  private mutating func checkTranslation(_ rule: Rule, in base: BaseChain?, _ what: String) {
    switch (base?.type, rule.verdict) {
    case (.nat, .translate(let translation)):
      if base?.hook != .postrouting { problem("\(what) translates sources before routing") }
      check(translation, rule, what)
    case (_, .translate): problem("\(what) translates outside of a nat chain")
    case (.nat, .accept), (.nat, .return), (.nat, nil): break
    case (.nat, _): problem("\(what) of a nat chain neither translates nor accepts")
    case (.filter, .rejectTCP), (.filter, .rejectProhibited), (.filter, .jump), (.filter, .goto),
      (.filter, .lookup):
      // The kernel refuses to answer there (nft_reject.c, `nft_reject_validate`), and whatever leads
      // to where it would be answered.
      if base?.hook == .postrouting { problem("\(what) rejects after routing, or could") }
    case (.filter, _), (nil, _): break
    }
  }

  private mutating func check(_ translation: SourceTranslation, _ rule: Rule, _ what: String) {
    let ports: SourcePorts?
    switch translation {
    case .masquerade(let own): ports = own
    case .address(let address, let own):
      check(family: address.family, of: "the source that \(what) gives")
      ports = own
    case .own: ports = nil
    }
    guard ports?.range != nil else { return }
    let namesTransport = rule.matches.contains { match in
      if case .layer4(let layer4) = match {
        Transport(rawValue: layer4.number) != nil
      } else {
        false
      }
    }
    if !namesTransport { problem("\(what) gives source ports without naming a protocol") }
  }
}
