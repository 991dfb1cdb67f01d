import Masquerade
import NetSets
import Nftables

/// By which sources connections leave, as one chain that the kernel asks about the first packet of
/// each.
struct MasqueradeLowering {
  static let chain = "hook-masq"
  /// After kube-proxy and Flannel (`srcnat`, 100), so that what they translate stays theirs, and
  /// before Calico (110).
  private static let ownPriority = 105
  /// Before any of them, kindnet's (90) too: a connection is translated once.
  private static let overridePriority = 80

  private let masquerade: Masquerade
  private let mode: MasqueradeMode
  private let family: IPFamily

  init(_ node: NodeMasquerade, _ family: IPFamily) {
    masquerade = node.masquerade
    mode = node.mode
    self.family = family
  }

  /// The sets that the chain's rules name, and the chain; nothing where nothing is ever translated.
  func objects() -> (sets: [NamedSet], chain: Chain)? {
    switch mode {
    case .observe: nil
    case .own: translating
    case .override: keeping
    }
  }

  private var translating: (sets: [NamedSet], chain: Chain)? {
    let rules = masquerade.rules(in: family).map(lower)
    guard rules.contains(where: { $0.verdict != .return }) else { return nil }
    let named = Set(rules.flatMap { $0.matches.compactMap(\.setName) })
    let sets = masquerade.groups.filter { named.contains($0.name.text) }.map(set)
    return (
      sets,
      chain(
        Self.ownPriority, "by which sources connections leave: \(masquerade.profile.rawValue)",
        rules)
    )
  }

  private var keeping: (sets: [NamedSet], chain: Chain)? {
    guard let kept = masquerade.kept, !isEmpty(kept.pods), !isEmpty(kept.destinations) else {
      return nil
    }
    let groups = [kept.pods, kept.destinations]
    let rule = Rule(
      [
        .addressIn(.source, set: kept.pods.name.text),
        .addressIn(.destination, set: kept.destinations.name.text),
      ], [.counter], .translate(.own), comment: "pods keep their addresses")
    return (
      groups.map(set),
      chain(Self.overridePriority, "what no other table may translate", [rule])
    )
  }

  private func chain(_ priority: Int, _ comment: String, _ rules: [Rule]) -> Chain {
    Chain(
      name: Self.chain, comment: comment,
      base: BaseChain(type: .nat, hook: .postrouting, priority: priority), rules: rules)
  }

  private func isEmpty(_ group: AddressGroup) -> Bool {
    group.addresses.restricted(to: family).isEmpty
  }

  private func set(_ group: AddressGroup) -> NamedSet {
    NamedSet(
      name: group.name.text, comment: Comments.identity(group.words),
      content: .intervals(group.addresses.restricted(to: family).ranges))
  }

  private func lower(_ rule: Masquerade.Rule) -> Rule {
    let matches = rule.conditions.compactMap { condition -> Match? in
      switch condition {
      // What is left of the family's own rules asks for no family.
      case .family: nil
      case .source(let name, let negated): .addressIn(.source, set: name.text, negated: negated)
      case .destination(let name, let negated):
        .addressIn(.destination, set: name.text, negated: negated)
      case .sourceIsLocal: .local(.source, negated: false)
      case .destinationIsLocal(let negated): .local(.destination, negated: negated)
      case .sourceNotOnOutInterface: .sourceNotOnOutInterface
      case .outInterface(let pattern, let negated):
        .interface(
          .out, InterfaceName(pattern.name, isPrefix: pattern.isPrefix), negated: negated)
      case .transport(let transport): .layer4(transport.ipProtocol)
      }
    }
    return Rule(
      matches, [.counter], verdict(rule.action),
      comment: Comments.identity(rule.origin.description))
  }

  private func verdict(_ action: Masquerade.Action) -> Verdict {
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
  /// Of the addresses that it is about.
  var setName: String? {
    if case .addressIn(_, let set, _) = self { set } else { nil }
  }
}
