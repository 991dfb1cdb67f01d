import NetSets

/// Connections that leave a node by another source than before.
package struct MasqueradeDifference: Hashable, Sendable {
  package let sources: AddressSet
  package let destinations: AddressSet
  package let before: MasqueradeOutcome
  package let after: MasqueradeOutcome
  /// A connection for which it is so, where it is not so for all of these addresses.
  package let example: String?
}

/// By which source address a connection leaves, whatever made it so.
package enum MasqueradeOutcome: Hashable, Sendable {
  case own
  case interface
  case address(IPAddress)
}

extension MasqueradeOutcome: CustomStringConvertible {
  package var description: String {
    switch self {
    case .own: "its own address"
    case .interface: "the interface's address"
    case .address(let address): address.description
    }
  }
}

/// Where two configurations differ in which source a connection leaves with: every difference, and
/// none when all connections leave alike.
/// - Parameters:
///   - old: nil where nothing is translated.
///   - new: nil where nothing is translated.
package func differences(
  from old: NodeMasquerade?, to new: NodeMasquerade?
) -> [MasqueradeDifference] {
  let sides = [old, new]
  // Addresses that every rule treats alike are asked about once.
  let sources = classes(sides, isSource: true)
  let destinations = classes(sides, isSource: false)
  var found: [MasqueradeDifference] = []
  for family in IPFamily.allCases {
    for source in sources.compactMap({ $0.restrictedIfAny(to: family) }) {
      for destination in destinations.compactMap({ $0.restrictedIfAny(to: family) }) {
        found += compare(source, destination, old, new)
      }
    }
  }
  return joined(found)
}

private func compare(
  _ sources: AddressSet, _ destinations: AddressSet, _ old: NodeMasquerade?,
  _ new: NodeMasquerade?
) -> [MasqueradeDifference] {
  let kinds = Kind.all(old, new)
  var changes: [MasqueradeOutcome.Change: [Kind]] = [:]
  for kind in kinds {
    let flow = kind.flow(sources.ranges[0].first, destinations.ranges[0].first)
    let change = MasqueradeOutcome.Change(
      before: old?.outcome(of: flow) ?? .own, after: new?.outcome(of: flow) ?? .own)
    if change.before != change.after { changes[change, default: []].append(kind) }
  }
  return changes.map { change, found in
    MasqueradeDifference(
      sources: sources, destinations: destinations, before: change.before, after: change.after,
      example: found.count == kinds.count ? nil : found.map(\.words).min())
  }
}

extension MasqueradeOutcome {
  fileprivate struct Change: Hashable {
    let before: MasqueradeOutcome
    let after: MasqueradeOutcome
  }
}

extension NodeMasquerade {
  fileprivate func outcome(of flow: Masquerade.Flow) -> MasqueradeOutcome {
    switch decision(on: flow) {
    case .bound, .translator(.endsHere), .translator(.untouched), .translator(.kept): .own
    case .translator(.masqueraded): .interface
    case .translator(.translated(let address, _)): .address(address)
    case .translator(.depends): preconditionFailure("the flow says all that rules ask")
    }
  }
}

/// What rules ask of a connection besides its addresses.
private struct Kind: Hashable {
  let layer4: IPProtocol
  let outInterface: String
  let isSourceLocal: Bool
  let isDestinationLocal: Bool
  let isSourceOnOutInterface: Bool

  /// One of each that the rules can tell apart.
  static func all(_ old: NodeMasquerade?, _ new: NodeMasquerade?) -> [Kind] {
    let conditions = [old, new].compactMap(\.self).flatMap(\.masquerade.rules)
      .flatMap(\.conditions)
    let patterns = conditions.compactMap { condition in
      if case .outInterface(let pattern, _) = condition { pattern } else { nil }
    }
    // No name of a pattern, and none that begins with one.
    let names = Set(patterns.map(\.name)).sorted() + ["another"]
    let asksNode = conditions.contains { condition in
      switch condition {
      case .sourceIsLocal, .destinationIsLocal, .sourceNotOnOutInterface: true
      case .family, .source, .destination, .outInterface, .transport: false
      }
    }
    let layers = Transport.allCases.map(\.ipProtocol) + [IPProtocol(number: 47)]
    let places: [(Bool, Bool, Bool)] =
      asksNode
      ? [
        (false, false, false), (true, false, false), (true, false, true), (true, true, false),
        (true, true, true),
      ] : [(false, false, false)]
    return layers.flatMap { layer4 in
      names.flatMap { name in
        places.map { place in
          Kind(
            layer4: layer4, outInterface: name, isSourceLocal: place.0,
            isDestinationLocal: place.1, isSourceOnOutInterface: place.2)
        }
      }
    }
  }

  func flow(_ source: IPAddress, _ destination: IPAddress) -> Masquerade.Flow {
    Masquerade.Flow(
      source: source, destination: destination, layer4: layer4, outInterface: outInterface,
      isSourceLocal: isSourceLocal, isDestinationLocal: isDestinationLocal,
      isSourceOnOutInterface: isSourceOnOutInterface)
  }

  var words: String {
    let name = Transport(rawValue: layer4.number)?.kubernetesName ?? "another protocol"
    let node = isSourceLocal ? " of the node itself" : ""
    return "\(name)\(node) by \(outInterface == "another" ? "another interface" : outInterface)"
  }
}

/// Every address, in sets of which each is in the same groups of both sides as all others of its
/// set.
private func classes(_ sides: [NodeMasquerade?], isSource: Bool) -> [AddressSet] {
  var groups: [AddressSet] = []
  for side in sides.compactMap(\.self) {
    groups += side.masquerade.groups.map(\.addresses)
    if let kept = side.masquerade.kept {
      groups.append(isSource ? kept.pods.addresses : kept.destinations.addresses)
    }
  }
  var classes = [AddressSet.all]
  for group in Set(groups) {
    classes = classes.flatMap { part in
      [part.intersection(group), part.subtracting(group)].filter { !$0.isEmpty }
    }
  }
  return classes
}

extension AddressSet {
  fileprivate func restrictedIfAny(to family: IPFamily) -> AddressSet? {
    let part = restricted(to: family)
    return part.isEmpty ? nil : part
  }
}

/// With differences of the same kind put together.
private func joined(_ differences: [MasqueradeDifference]) -> [MasqueradeDifference] {
  struct Rest: Hashable {
    let addresses: AddressSet
    let before: MasqueradeOutcome
    let after: MasqueradeOutcome
    let example: String?
  }
  var bySource: [Rest: AddressSet] = [:]
  for one in differences {
    let rest = Rest(
      addresses: one.sources, before: one.before, after: one.after, example: one.example)
    bySource[rest] = (bySource[rest] ?? .empty).union(one.destinations)
  }
  var byDestination: [Rest: AddressSet] = [:]
  for (rest, destinations) in bySource {
    let turned = Rest(
      addresses: destinations, before: rest.before, after: rest.after, example: rest.example)
    byDestination[turned] = (byDestination[turned] ?? .empty).union(rest.addresses)
  }
  return byDestination.map { rest, sources in
    MasqueradeDifference(
      sources: sources, destinations: rest.addresses, before: rest.before, after: rest.after,
      example: rest.example)
  }.sorted { left, right in
    (left.sources.ranges[0], left.destinations.ranges[0], "\(left.after)")
      < (right.sources.ranges[0], right.destinations.ranges[0], "\(right.after)")
  }
}
