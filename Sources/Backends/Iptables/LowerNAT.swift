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
  func objects() -> (sets: [IPSet], table: NATTable)? {
    switch mode {
    case .observe: nil
    case .own: translating
    case .override: keeping
    }
  }

  private var translating: (sets: [IPSet], table: NATTable)? {
    let rules = masquerade.rules.compactMap { lower($0) }
    guard rules.contains(where: { $0.target != .return }) else { return nil }
    let named = Set(rules.flatMap { $0.matches.compactMap(\.setName) })
    let sets = masquerade.groups.map(set).filter { named.contains($0.name) }
    return (
      sets,
      NATTable(
        family: family, isFirst: false,
        chain: Chain(name: PacketFilter.translationChain, rules: rules))
    )
  }

  /// No target of iptables translates to whatever the source is, but `NETMAP` does so within a
  /// prefix: there is a rule for each that pods have.
  private var keeping: (sets: [IPSet], table: NATTable)? {
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
      NATTable(
        family: family, isFirst: true,
        chain: Chain(name: PacketFilter.translationChain, rules: rules))
    )
  }

  private func isEmpty(_ group: AddressGroup) -> Bool {
    group.addresses.restricted(to: family).isEmpty
  }

  private func name(_ group: AddressGroup.Name) -> String {
    "npc-m\(family.rawValue)-\(group.text)"
  }

  private func set(_ group: AddressGroup) -> IPSet {
    IPSet(
      name: name(group.name), family: family, comment: Comments.identity(group.words),
      content: .ranges(group.addresses.restricted(to: family).ranges))
  }

  /// nil for a rule that no packet of the family comes under.
  private func lower(_ rule: Masquerade.Rule) -> Rule? {
    guard let target = target(rule.action) else { return nil }
    var matches: [Match] = []
    for condition in rule.conditions {
      switch condition {
      case .family(let only):
        if only != family { return nil }
      case .source(let name, let negated):
        guard let match = match(.source, name, negated) else {
          guard negated else { return nil }
          continue
        }
        matches.append(match)
      case .destination(let name, let negated):
        guard let match = match(.destination, name, negated) else {
          guard negated else { return nil }
          continue
        }
        matches.append(match)
      case .sourceIsLocal: matches.append(.local(.source, negated: false))
      case .destinationIsLocal(let negated): matches.append(.local(.destination, negated: negated))
      case .sourceNotOnOutInterface: matches.append(.sourceNotOnOutInterface)
      case .outInterface(let pattern, let negated):
        matches.append(
          .outInterface(pattern.name + (pattern.isPrefix ? "+" : ""), negated: negated))
      case .transport(let transport): matches.append(.transport(transport))
      }
    }
    return Rule(matches, target, comment: Comments.identity(rule.origin.description))
  }

  /// nil for a group without addresses of the family: nothing is in it.
  private func match(
    _ field: AddressField, _ name: AddressGroup.Name, _ negated: Bool
  ) -> Match? {
    isEmpty(masquerade.group(name))
      ? nil : .addressIn(field, set: self.name(name), negated: negated)
  }

  private func target(_ action: Masquerade.Action) -> Target? {
    switch action {
    case .keep: return .return
    case .masquerade(let ports): return .translate(.masquerade(SourcePorts(ports)))
    case .address(let addresses, let ports):
      guard let address = addresses.first(where: { $0.family == family }) else { return nil }
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
