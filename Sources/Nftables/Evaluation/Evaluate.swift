import NetSets

/// What becomes of packets, according to the rules alone: an interpreter that knows no policy.
///
/// It does as the kernel does, with two exceptions: `limit` never runs out, and nothing counts.
package struct Evaluator: Sendable {
  private let family: IPFamily
  private let baseChains: [Hook: [Chain]]
  private let chains: [String: Chain]
  private let maps: [String: [IPAddress: Verdict]]
  private let sets: [String: SetIndex]

  /// Indexes the table by name. The chains must not lead in circles.
  package init(_ table: Table) {
    precondition(
      JumpGraph(table).loop == nil, "the jumps of table \(table.name) lead in a circle")
    family = table.family
    var baseChains: [Hook: [Chain]] = [:]
    for chain in table.chains {
      if let base = chain.base { baseChains[base.hook, default: []].append(chain) }
    }
    self.baseChains = baseChains.mapValues { chains in
      chains.sorted { ($0.base?.priority ?? 0) < ($1.base?.priority ?? 0) }
    }
    chains = Dictionary(table.chains.map { ($0.name, $0) }) { first, _ in first }
    sets = Dictionary(table.sets.map { ($0.name, SetIndex($0.content)) }) { first, _ in first }
    maps = Dictionary(
      table.maps.map { map in
        let elements = map.elements.map { ($0.address, $0.verdict) }
        return (map.name, Dictionary(elements) { first, _ in first })
      }
    ) { first, _ in first }
  }

  /// Takes the packet through the base chains of its hook, lowest priority first. A table never
  /// sees packets of the other family, so those are accepted by no rule.
  package func evaluate(_ packet: Packet) -> Evaluation {
    var evaluation = Evaluation()
    guard packet.source.family == family else { return evaluation }
    for base in baseChains[packet.hook] ?? [] {
      run(base, packet, &evaluation)
      // Accepting ends the base chain only; the next one is asked as well.
      if !evaluation.accepted || evaluation.translation != nil { break }
    }
    return evaluation
  }

  /// Runs a base chain to its verdict, or to its end, where its policy accepts.
  private func run(_ base: Chain, _ packet: Packet, _ evaluation: inout Evaluation) {
    // Where jumps go on when their chain ends. A goto leaves no entry: its chain's end is the end
    // of the chain it was in.
    var callers: [(chain: Chain, next: Int)] = []
    var chain = base
    var index = 0
    evaluation.path.append(chain.name)
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
      switch outcome(of: rule.verdict, packet) {
      case .next: continue
      case .decided(let rejection, let accepted):
        evaluation.accepted = accepted
        evaluation.rejection = rejection
        if case .translate(let translation)? = rule.verdict { evaluation.translation = translation }
        evaluation.decidedBy = location
        return
      case .leave: index = chain.rules.count
      case .enter(let target, let returning):
        if returning { callers.append((chain, index)) }
        chain = self.chain(target)
        index = 0
        evaluation.path.append(chain.name)
      }
    }
  }

  /// What a verdict means for the packet in the chain.
  private enum Outcome {
    case next
    case decided(Rejection?, accepted: Bool)
    case leave
    case enter(String, returning: Bool)
  }

  private func outcome(of verdict: Verdict?, _ packet: Packet) -> Outcome {
    switch verdict {
    case nil: return .next
    case .accept: return .decided(nil, accepted: true)
    case .drop: return .decided(nil, accepted: false)
    case .return: return .leave
    case .jump(let target): return .enter(target, returning: true)
    case .goto(let target): return .enter(target, returning: false)
    case .lookup(let field, let name):
      guard let map = maps[name] else { preconditionFailure("there is no map \(name)") }
      return outcome(of: map[packet.address(field)], packet)
    case .rejectTCP:
      // The rule carries a `meta l4proto tcp` that nft adds.
      return packet.layer4 == .tcp ? .decided(.tcpReset, accepted: false) : .next
    case .rejectProhibited: return .decided(.prohibited, accepted: false)
    case .translate: return .decided(nil, accepted: true)
    }
  }

  private func holds(_ match: Match, _ packet: Packet) -> Bool {
    switch match {
    case .connectionState(let states): states.contains(packet.state)
    case .notStartOfTCP: packet.layer4 == .tcp && !packet.startsTCP
    case .destinationPort(let ports): ports.contains(packet.destinationPort)
    case .layer4(let layer4): packet.layer4 == layer4
    case .layer4In(let protocols): protocols.contains(packet.layer4)
    case .address(let field, let range, let negated):
      range.contains(packet.address(field)) != negated
    case .addressIn(let field, let name, let negated):
      set(name).contains(packet.address(field)) != negated
    case .destinationIn(let name): set(name).contains(destinationOf: packet)
    case .icmpv6Type(let types):
      packet.layer4 == .icmpv6 && packet.icmpType.map(types.contains) ?? false
    case .interface(let field, let name, let negated):
      name.matches(field == .in ? packet.path.inInterface : packet.path.outInterface) != negated
    case .local(.source, let negated): packet.path.isSourceLocal != negated
    case .local(.destination, let negated): packet.path.isDestinationLocal != negated
    case .sourceNotOnOutInterface: !packet.path.isSourceOnOutInterface
    case .sourceNotBehindInInterface: !packet.path.isSourceBehindInInterface
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

extension Table {
  /// What becomes of one packet; for many, make an `Evaluator`.
  package func evaluate(_ packet: Packet) -> Evaluation { Evaluator(self).evaluate(packet) }
}
