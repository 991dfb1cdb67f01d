import Iptables
import Masquerade
import NetSets

/// By which sources connections leave, as a chain that `POSTROUTING` of table `nat` jumps to.
struct NATLowering {
  private let masquerade: Masquerade
  private let mode: MasqueradeMode
  private let family: IPFamily

  init(_ node: NodeMasquerade, _ family: IPFamily) {
    masquerade = node.masquerade
    mode = node.mode
    self.family = family
  }

  /// The sets that the chain's rules name, and the chain; nothing where nothing is ever translated.
  func objects() -> (sets: [IPSet], table: OwnTable)? {
    switch mode {
    case .observe: nil
    case .own: translating
    case .override: keeping
    }
  }

  private var translating: (sets: [IPSet], table: OwnTable)? {
    let rules = masquerade.rules(in: family).map(lower)
    guard rules.contains(where: { $0.target != .return }) else { return nil }
    let named = Set(rules.flatMap { $0.matches.compactMap(\.setName) })
    let sets = masquerade.groups.map(set).filter { named.contains($0.name) }
    return (
      sets,
      table(.last, rules)
    )
  }

  /// No target of iptables translates to whatever the source is, but `NETMAP` does so within a
  /// prefix: there is a rule for each that pods have.
  private var keeping: (sets: [IPSet], table: OwnTable)? {
    guard let kept = masquerade.kept, !isEmpty(kept.pods), !isEmpty(kept.destinations) else {
      return nil
    }
    let destinations = set(kept.destinations)
    let prefixes = kept.pods.addresses.restricted(to: family).ranges.flatMap(\.prefixes)
    let rules = prefixes.map { prefix in
      Rule(
        [
          .address(.source, prefix), .addressIn(.destination, set: destinations.name),
        ], .translate(.prefix(prefix)), comment: "pods keep their addresses")
    }
    return (
      [destinations],
      table(.first, rules)
    )
  }

  private func table(_ place: Entrance.Place, _ rules: [Rule]) -> OwnTable {
    OwnTable(
      .nat, family: family, entrances: [Entrance(.postrouting, place)],
      chains: [Chain(name: PacketFilter.translationChain, rules: rules)])
  }

  private func isEmpty(_ group: AddressGroup) -> Bool {
    group.addresses.restricted(to: family).isEmpty
  }

  /// `npc-m4-from-0f6b1c2d` of group `masq-from`: the digits stand for what is in it, so that no set
  /// changes while rules name it. What nobody translates before and after a change, nobody
  /// translates during it, for rules and their sets are replaced together.
  private func name(_ group: AddressGroup) -> String {
    let word =
      group.name.text.hasPrefix("masq-") ? group.name.text.dropFirst(5) : group.name.text[...]
    let content = group.addresses.restricted(to: family).ranges.flatMap(\.prefixes)
    let digest = Names.digest(content.map(\.description).joined(separator: " ")).prefix(8)
    return "npc-m\(family.rawValue)-\(word)-\(digest)"
  }

  private func set(_ group: AddressGroup) -> IPSet {
    IPSet(
      name: name(group), family: family, comment: Comments.identity(group.words),
      content: .ranges(group.addresses.restricted(to: family).ranges))
  }

  private func lower(_ rule: Masquerade.Rule) -> Rule {
    let matches = rule.conditions.compactMap { condition -> Match? in
      switch condition {
      // What is left of the family's own rules asks for no family.
      case .family: nil
      case .source(let name, let negated):
        .addressIn(.source, set: self.name(masquerade.group(name)), negated: negated)
      case .destination(let name, let negated):
        .addressIn(.destination, set: self.name(masquerade.group(name)), negated: negated)
      case .sourceIsLocal: .local(.source, negated: false)
      case .destinationIsLocal(let negated): .local(.destination, negated: negated)
      case .sourceNotOnOutInterface: .sourceNotOnOutInterface
      case .outInterface(let pattern, let negated):
        .outInterface(pattern.name + (pattern.isPrefix ? "+" : ""), negated: negated)
      case .transport(let transport): .transport(transport)
      }
    }
    return Rule(
      matches, target(rule.action), comment: Comments.identity(rule.origin.description))
  }

  private func target(_ action: Masquerade.Action) -> Target {
    switch action {
    case .keep: return .return
    case .masquerade(let ports): return .translate(.masquerade(SourcePorts(ports)))
    case .address(let addresses, let ports):
      guard let address = addresses.first(where: { $0.family == family }) else {
        preconditionFailure("the family's own rules have an address of it")
      }
      return .translate(.address(address, SourcePorts(ports)))
    }
  }
}

extension SourcePorts {
  fileprivate init(_ ports: Masquerade.Ports) {
    let choice: Choice =
      switch ports.choice {
      case .fully: .fullyRandom
      case .prng: .random
      case .none: .kept
      }
    self.init(ports.range, choice)
  }
}

extension Match {
  fileprivate var setName: String? {
    if case .addressIn(_, let set, _) = self { set } else { nil }
  }
}
