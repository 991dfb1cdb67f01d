import NetSets

/// Connections from these addresses to those.
struct Connections: Hashable, Sendable {
  var sources: AddressSet
  var destinations: AddressSet

  init(_ family: IPFamily) {
    sources = AddressSet.all.restricted(to: family)
    destinations = sources
  }

  /// nil where they have none in common.
  func intersection(_ other: Connections) -> Connections? {
    var common = self
    common.sources = sources.intersection(other.sources)
    common.destinations = destinations.intersection(other.destinations)
    return common.sources.isEmpty || common.destinations.isEmpty ? nil : common
  }
}

/// A rule of others, beside a jump of ours.
package struct OthersRule: Hashable, Sendable {
  package let text: String
  /// The connections that it may decide about, it or a rule of a chain that it leads to; nil where
  /// every rule matters.
  private let reach: [Connections]?

  init(_ rule: SavedRule, of table: SavedTable, _ family: IPFamily) {
    text = rule.text
    var way: [String] = []
    reach =
      table.name == TableName.nat.rawValue ? Self.reach(of: text, table, family, &way) : nil
  }

  func concerns(_ connections: [Connections]) -> Bool {
    reach?.contains { own in connections.contains { own.intersection($0) != nil } } ?? true
  }

  /// Nothing is said of what is not understood: it may concern any connection.
  private static func reach(
    of text: String, _ table: SavedTable, _ family: IPFamily, _ way: inout [String]
  ) -> [Connections] {
    var own = Connections(family)
    guard var words = try? RuleWords(text) else { return [own] }
    var target: String?
    var last: String?
    while let word = words.take() {
      let isNegated = last == "!"
      last = word
      if word == "-j" || word == "-g" { target = words.take() }
      guard !isNegated, word == "-s" || word == "-d", let value = words.take(),
        let written = WrittenPrefix(value.contains("/") ? value : "\(value)/\(family.width)")
      else { continue }
      let range = AddressSet(written.prefix)
      if word == "-s" { own.sources = range } else { own.destinations = range }
    }
    // Without a target it counts, and does no more.
    guard let target else { return [] }
    if target == "RETURN", !way.isEmpty { return [] }
    guard let chain = table.chain(target), !way.contains(target) else { return [own] }
    way.append(target)
    defer { way.removeLast() }
    return chain.rules.flatMap { reach(of: $0.text, table, family, &way) }
      .compactMap { own.intersection($0) }
  }
}

extension PacketFilter {
  /// The connections that ours give a source, be it their own.
  func translated(_ family: IPFamily) -> [Connections] {
    let rules = table(family, .nat)?.chains.flatMap(\.rules) ?? []
    return rules.compactMap { rule in
      guard case .translate = rule.target else { return nil }
      var all = Connections(family)
      for match in rule.matches {
        guard let (field, addresses) = addresses(match, family) else { continue }
        switch field {
        case .source: all.sources = all.sources.intersection(addresses)
        case .destination: all.destinations = all.destinations.intersection(addresses)
        }
      }
      return all
    }
  }

  /// nil for a match that is about something else.
  private func addresses(_ match: Match, _ family: IPFamily) -> (AddressField, AddressSet)? {
    switch match {
    case .address(let field, let prefix): return (field, AddressSet(prefix))
    case .addressIn(let field, let name, let negated):
      guard let set = sets.first(where: { $0.name == name }) else { return nil }
      let addresses = set.content.addressSet
      return (
        field,
        negated ? AddressSet.all.restricted(to: family).subtracting(addresses) : addresses
      )
    case .connectionState, .notStartOfTCP, .transport, .ports, .destinationIn, .icmpv6Type, .limit,
      .outInterface, .local, .sourceNotOnOutInterface:
      return nil
    }
  }
}

extension IPSet.Content {
  fileprivate var addressSet: AddressSet {
    switch self {
    case .addresses(let addresses): AddressSet(addresses.map { AddressRange($0) })
    case .endpoints(let keys): AddressSet(keys.map { AddressRange($0.address) })
    case .prefixes(let prefixes): AddressSet(prefixes.map(\.range))
    }
  }
}
