import NetSets
import Nftables

extension ForeignTable {
  /// What a table of netpolc itself does to sources. What else it does is policy, which nobody asks
  /// about here.
  init(own table: Table) {
    let title = "table \(table.family.nftName) \(table.name)"
    let sets = Dictionary(table.sets.map { ($0.name, $0.content) }) { first, _ in first }
    let chains = table.chains.filter { $0.base?.type == .nat }.map { chain in
      ForeignChain(
        name: chain.name,
        base: chain.base.map { base in
          ForeignChain.Base(
            hook: ForeignChain.Hook(rawValue: base.hook.rawValue) ?? .other,
            priority: base.priority, drops: false, translates: true)
        }, rules: chain.rules.map { ForeignRule(own: $0, sets) })
    }
    self.init(
      title: title, name: "\(table.family.nftName) \(table.name)", owner: .nftables,
      families: [table.family], chains: chains)
  }
}

extension ForeignRule {
  fileprivate init(own rule: Rule, _ sets: [String: SetContent]) {
    let action: Action
    switch rule.verdict {
    case nil: action = .proceed
    case .accept: action = .accept
    case .drop, .rejectTCP, .rejectProhibited: action = .drop
    case .return: action = .return
    case .jump(let name): action = .jump(name)
    case .goto(let name): action = .goto(name)
    case .lookup: action = .unknown
    case .translate(.own): action = .keepSource
    case .translate(.address), .translate(.masquerade): action = .translate
    }
    self.init(
      text: rule.comment ?? "a rule", conditions: rule.matches.map { Condition(own: $0, sets) },
      action: action)
  }
}

extension ForeignRule.Condition {
  fileprivate init(own match: Match, _ sets: [String: SetContent]) {
    switch match {
    case .address(let field, let range, let isNegated):
      self.init(.init(field, AddressSet([range])), negated: isNegated)
    case .addressIn(let field, let name, let isNegated):
      self.init(sets[name]?.addressSet.map { .init(field, $0) } ?? .unknown, negated: isNegated)
    case .interface(let field, let name, let isNegated):
      let names = ["\(name)"]
      self.init(field == .in ? .inInterface(names) : .outInterface(names), negated: isNegated)
    case .local(let field, let isNegated):
      self.init(.isLocal(field == .source ? .source : .destination), negated: isNegated)
    // A pod's address is on no interface of the node.
    case .sourceNotOnOutInterface: self.init(.isLocal(.source), negated: true)
    case .connectionState(let states):
      self.init(.connectionState(includesNew: states.contains(.new)))
    case .notStartOfTCP: self.init(.connectionState(includesNew: false))
    case .destinationPort, .layer4, .layer4In, .destinationIn, .icmpv6Type,
      .sourceNotBehindInInterface:
      self.init(.unknown)
    }
  }
}

extension ForeignRule.Test {
  fileprivate init(_ field: Nftables.AddressField, _ addresses: AddressSet) {
    self = field == .source ? .source(addresses) : .destination(addresses)
  }
}

extension SetContent {
  /// Nil for sets of more than addresses.
  fileprivate var addressSet: AddressSet? {
    switch self {
    case .addresses(let addresses): AddressSet(addresses.map { AddressRange($0) })
    case .intervals(let ranges): AddressSet(ranges)
    case .endpoints, .flows: nil
    }
  }
}
