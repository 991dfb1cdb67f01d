import NetSets

extension Masquerade {
  /// A connection as it leaves for its destination: after a service's address has been replaced
  /// with a pod's.
  package struct Flow: Hashable, Sendable {
    package var source: IPAddress
    package var destination: IPAddress
    package var layer4: IPProtocol
    /// nil when it is not known.
    package var outInterface: String?
    /// Whether the node has the source for an address of its own.
    package var isSourceLocal: Bool
    package var isDestinationLocal: Bool
    /// Whether the interface that it leaves by has the source for an address; nil when it is not
    /// known.
    package var isSourceOnOutInterface: Bool?

    package init(
      source: IPAddress, destination: IPAddress, layer4: IPProtocol, outInterface: String? = nil,
      isSourceLocal: Bool = false, isDestinationLocal: Bool = false,
      isSourceOnOutInterface: Bool? = nil
    ) {
      self.source = source
      self.destination = destination
      self.layer4 = layer4
      self.outInterface = outInterface
      self.isSourceLocal = isSourceLocal
      self.isDestinationLocal = isDestinationLocal
      self.isSourceOnOutInterface = isSourceOnOutInterface
    }
  }

  /// By which source a connection leaves.
  package enum Decision: Hashable, Sendable {
    /// It ends on the node, where nothing translates sources.
    case endsHere
    /// Its own, because no rule holds.
    case untouched
    /// Its own, because a rule says so.
    case kept(Rule)
    /// That of the interface that it leaves by.
    case masqueraded(Rule)
    case translated(IPAddress, Rule)
    /// It depends on the interface that it leaves by, which is not known.
    case depends(Rule)
  }

  /// The specification of what every backend makes of the rules.
  package func decision(on flow: Flow) -> Decision {
    // Forwarded packets do not come back to the node, and what comes in for it is not asked.
    if flow.isDestinationLocal, !flow.isSourceLocal { return .endsHere }
    for rule in rules {
      switch holds(rule, flow) {
      case false: continue
      case nil: return .depends(rule)
      case true?: return decision(by: rule, on: flow)
      }
    }
    return .untouched
  }

  private func decision(by rule: Rule, on flow: Flow) -> Decision {
    switch rule.action {
    case .keep: return .kept(rule)
    case .masquerade: return .masqueraded(rule)
    case .address(let addresses, _):
      guard let address = addresses.first(where: { $0.family == flow.source.family }) else {
        return .untouched
      }
      return .translated(address, rule)
    }
  }

  /// nil when it depends on what is not known.
  private func holds(_ rule: Rule, _ flow: Flow) -> Bool? {
    if case .address(let addresses, _) = rule.action,
      !addresses.contains(where: { $0.family == flow.source.family })
    {
      return false
    }
    let answers = rule.conditions.map { holds($0, flow) }
    if answers.contains(false) { return false }
    return answers.contains(nil) ? nil : true
  }

  private func holds(_ condition: Condition, _ flow: Flow) -> Bool? {
    switch condition {
    case .family(let family): flow.source.family == family
    case .source(let name, let negated):
      group(name).addresses.contains(flow.source) != negated
    case .destination(let name, let negated):
      group(name).addresses.contains(flow.destination) != negated
    case .sourceIsLocal: flow.isSourceLocal
    case .destinationIsLocal(let negated): flow.isDestinationLocal != negated
    // Only an address of the node's own can be on an interface of it.
    case .sourceNotOnOutInterface:
      flow.isSourceLocal ? flow.isSourceOnOutInterface.map { !$0 } : true
    case .outInterface(let pattern, let negated):
      flow.outInterface.map { pattern.matches($0) != negated }
    case .transport(let transport): flow.layer4 == transport.ipProtocol
    }
  }
}
