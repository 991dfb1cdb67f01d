import NetSets

/// What becomes of packets, according to the rules alone: an interpreter that knows no policy.
///
/// It does as the kernel does, except that `limit` never runs out.
package struct Evaluator: Sendable {
  private let entrances: [Hook: [String]]
  private let chains: [String: Chain]
  private let translating: [Rule]
  private let sets: [String: SetIndex]

  /// Indexes one family's part by name: its table `filter`, and what translates beside it. It must have no `problems`.
  package init(_ filter: PacketFilter, _ table: OwnTable) {
    entrances = Dictionary(grouping: table.entrances, by: \.hook).mapValues { $0.map(\.chain) }
    let translations = filter.table(table.family, .nat)?.chains ?? []
    translating =
      translations.first { $0.name == PacketFilter.translationChain }?.rules ?? []
    chains = Dictionary(table.chains.map { ($0.name, $0) }) { first, _ in first }
    sets = Dictionary(
      filter.sets.filter { $0.family == table.family }.map { ($0.name, SetIndex($0.content)) }
    ) { first, _ in first }
  }

  package func evaluate(_ packet: Packet) -> Evaluation {
    var evaluation = Evaluation()
    for entrance in entrances[packet.hook] ?? [] {
      run(entrance, packet, &evaluation)
      if !evaluation.passed { break }
    }
    return evaluation
  }

  /// By which source a connection's first packet leaves; nil for its own.
  package func translation(of packet: Packet) -> SourceTranslation? {
    let deciding = translating.first { $0.matches.allSatisfy { holds($0, packet) } }
    guard case .translate(let translation)? = deciding?.target else { return nil }
    return translation
  }

  /// From an entrance until the packet is stopped or comes back to the built-in chain.
  private func run(_ entrance: String, _ packet: Packet, _ evaluation: inout Evaluation) {
    // Where jumps go on. A goto leaves no entry: who returns from its target returns to whoever
    // jumped before.
    var callers: [(chain: Chain, next: Int)] = []
    var chain = self.chain(entrance)
    var index = 0
    while true {
      guard index < chain.rules.count else {
        guard let caller = callers.popLast() else { return }
        (chain, index) = caller
        continue
      }
      let rule = chain.rules[index]
      let location = RuleLocation(chain: chain.name, index: index, comment: rule.comment)
      index += 1
      guard rule.matches.allSatisfy({ holds($0, packet) }) else { continue }
      evaluation.counted.append(location)
      switch rule.target {
      case .log: continue
      case .return:
        evaluation.decidedBy = location
        index = chain.rules.count
      case .jump(let target), .goto(let target):
        if case .jump = rule.target { callers.append((chain, index)) }
        chain = self.chain(target)
        index = 0
      case .translate: preconditionFailure("table filter translates nothing")
      case .drop, .rejectTCP, .rejectProhibited:
        evaluation.passed = false
        evaluation.rejection = rule.target.rejection
        evaluation.decidedBy = location
        return
      }
    }
  }

  private func holds(_ match: Match, _ packet: Packet) -> Bool {
    switch match {
    case .connectionState(let states): states.contains(packet.state)
    case .notStartOfTCP: packet.layer4 == .tcp && !packet.startsTCP
    case .transport(let transport): packet.layer4 == transport.ipProtocol
    case .ports(let transport, let ranges):
      packet.layer4 == transport.ipProtocol
        && ranges.contains { $0.contains(packet.destinationPort) }
    case .address(let field, let prefix): prefix.contains(packet.address(field))
    case .addressIn(let field, let name, let negated):
      set(name).contains(packet.address(field)) != negated
    case .destinationIn(let name): set(name).contains(destinationOf: packet)
    case .icmpv6Type(let type): packet.layer4 == .icmpv6 && packet.icmpType == type
    case .limit: true
    case .outInterface(let name, let negated):
      (name.hasSuffix("+")
        ? packet.path.outInterface.hasPrefix(name.dropLast())
        : packet.path.outInterface == name) != negated
    case .local(.source, let negated): packet.path.isSourceLocal != negated
    case .local(.destination, let negated): packet.path.isDestinationLocal != negated
    case .sourceNotOnOutInterface: !packet.path.isSourceOnOutInterface
    }
  }

  private func chain(_ name: String) -> Chain {
    guard let chain = chains[name] else { preconditionFailure("there is no chain \(name)") }
    return chain
  }

  private func set(_ name: String) -> SetIndex {
    guard let set = sets[name] else { preconditionFailure("there is no set \(name)") }
    return set
  }
}

extension Target {
  fileprivate var rejection: Rejection? {
    switch self {
    case .rejectTCP: .tcpReset
    case .rejectProhibited: .prohibited
    case .return, .drop, .jump, .goto, .log, .translate: nil
    }
  }
}

/// A set's elements, made to be looked up.
private enum SetIndex: Sendable {
  case addresses(Set<IPAddress>)
  case endpoints(Set<IPSet.EndpointKey>)
  case prefixes(AddressSet)

  init(_ content: IPSet.Content) {
    switch content {
    case .addresses(let addresses): self = .addresses(Set(addresses))
    case .endpoints(let keys): self = .endpoints(Set(keys))
    case .prefixes(let prefixes): self = .prefixes(AddressSet(prefixes.map(\.range)))
    }
  }

  func contains(_ address: IPAddress) -> Bool {
    switch self {
    case .addresses(let addresses): addresses.contains(address)
    case .prefixes(let prefixes): prefixes.contains(address)
    case .endpoints: preconditionFailure("the set's elements are not addresses")
    }
  }

  func contains(destinationOf packet: Packet) -> Bool {
    guard case .endpoints(let keys) = self else {
      preconditionFailure("the set's elements are not ports on addresses")
    }
    guard let transport = Transport(rawValue: packet.layer4.number) else { return false }
    return keys.contains(
      IPSet.EndpointKey(
        address: packet.destination, transport: transport, port: packet.destinationPort))
  }
}
