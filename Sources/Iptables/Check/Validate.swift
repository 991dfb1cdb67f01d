import NetSets

/// What iptables, ipset or the kernel would refuse, found without them.
extension PacketFilter {
  /// A chain's name: `XT_EXTENSION_MAXNAMELEN` less its NUL.
  package static let longestChainName = 28
  /// A set's: `IPSET_MAXNAMELEN` less its NUL.
  package static let longestSetName = 31
  /// A comment's: `XT_MAX_COMMENT_LEN` less its NUL.
  package static let longestComment = 255
  /// `IPSET_INVALID_ID` of the kernel's ip_set.h, less the one that is filled at a time.
  package static let mostSets = 65_534

  /// Empty when it can be loaded.
  package var problems: [String] {
    var problems = tables.flatMap { self.problems(in: $0) }
    if Set(tables.map { [$0.family.command, $0.name.rawValue] }).count < tables.count {
      problems.append("a table is there twice")
    }
    if sets.count > Self.mostSets {
      problems.append("\(sets.count) sets, of which ipset holds \(Self.mostSets)")
    }
    let names = Dictionary(grouping: sets, by: \.name)
    for (name, same) in names where same.count > 1 { problems.append("two sets are \(name)") }
    let room = Self.longestSetName - IPSet.unfinished.utf8.count
    for set in sets where set.comment.hasControls { problems.append("the comment of \(set.name)") }
    for set in sets where set.name.utf8.count > room || !set.name.hasPrefix(Self.setPrefix) {
      problems.append("the set's name \(set.name) is too long, or not ours")
    }
    return problems.sorted()
  }

  private func own(_ family: IPFamily) -> [String: IPSet.Content] {
    Dictionary(
      sets.filter { $0.family == family }.map { ($0.name, $0.content) }
    ) { first, _ in first }
  }

  private func problems(in table: OwnTable) -> [String] {
    var problems: [String] = []
    let names = Set(table.chains.map(\.name))
    if names.count < table.chains.count { problems.append("two chains have one name") }
    let own = own(table.family)
    for entrance in table.entrances {
      if !names.contains(entrance.chain) { problems.append("there is no chain \(entrance.chain)") }
      if entrance.hook.table != table.name {
        problems.append("\(entrance.hook.rawValue) is not entered in table \(table.name.rawValue)")
      }
    }
    for chain in table.chains {
      if chain.name.utf8.count > Self.longestChainName || !chain.name.hasPrefix(Self.chainPrefix) {
        problems.append("the chain's name \(chain.name) is too long, or not ours")
      }
      for rule in chain.rules {
        var found = rule.problems(chains: names, sets: own, table.family)
        if !rule.target.isAllowed(in: table.name) {
          found.append("a target that table \(table.name.rawValue) has not")
        }
        problems += found.map { "\(chain.name): \($0)" }
      }
    }
    if let loop = table.loop { problems.append("the chain \(loop) leads back to itself") }
    return problems
  }
}

extension Rule {
  fileprivate func problems(
    chains: Set<String>, sets: [String: IPSet.Content], _ family: IPFamily
  ) -> [String] {
    var problems: [String] = []
    if let comment {
      if comment.utf8.count > PacketFilter.longestComment { problems.append("long comment") }
      // It stands in quotes on a line, in which iptables-restore knows escapes.
      if comment.hasControls || comment.contains(where: { $0 == "\"" || $0 == "\\" }) {
        problems.append("a comment that cannot be quoted")
      }
    }
    if let next = target.chain, !chains.contains(next) {
      problems.append("there is no chain \(next)")
    }
    let protocols = matches.compactMap(\.layer4)
    if protocols.count > 1 { problems.append("a rule names one protocol") }
    if target == .rejectTCP, protocols != [.tcp] { problems.append("a reset answers TCP only") }
    for field in [AddressField.source, .destination]
    where matches.count(where: { $0.isAddress(field) }) > 1 {
      problems.append("a rule names one address a field")
    }
    if case .translate(let translation) = target {
      problems += translation.problems(family, hasPorts: !protocols.isEmpty)
    }
    for match in matches {
      switch match {
      case .address(_, let prefix) where prefix.family != family:
        problems.append("an address of the other family")
      case .ports(_, let ranges):
        let slots = ranges.reduce(0) { $0 + Match.slots($1) }
        if !(1...Match.mostPortSlots).contains(slots) { problems.append("\(slots) ports") }
      case .addressIn(_, let name, _):
        switch sets[name] {
        case .addresses, .prefixes: break
        case .endpoints, nil: problems.append("no set of addresses is \(name)")
        }
      case .destinationIn(let name):
        guard case .endpoints = sets[name] else {
          problems.append("no set of ports is \(name)")
          continue
        }
      case .outInterface(let name, _):
        // `IFNAMSIZ` less the NUL.
        if name.isEmpty || name.utf8.count > 15 || name.contains(" ") {
          problems.append("no interface is \(name)")
        }
      case .address, .connectionState, .notStartOfTCP, .transport, .icmpv6Type, .limit, .local,
        .sourceNotOnOutInterface:
        break
      }
    }
    return problems
  }
}

extension Target {
  fileprivate func isAllowed(in table: TableName) -> Bool {
    switch (self, table) {
    case (.return, _), (.jump, _), (.goto, _): true
    case (.translate, .nat): true
    case (.translate, .filter): false
    case (.drop, _), (.rejectTCP, _), (.rejectProhibited, _), (.log, _): table == .filter
    }
  }
}

extension SourceTranslation {
  fileprivate func problems(_ family: IPFamily, hasPorts: Bool) -> [String] {
    func of(_ ports: SourcePorts) -> [String] {
      ports.range != nil && !hasPorts ? ["source ports without a protocol"] : []
    }
    return switch self {
    case .masquerade(let ports): of(ports)
    case .address(let address, let ports):
      of(ports) + (address.family == family ? [] : ["a source of the other family"])
    case .prefix(let prefix): prefix.family == family ? [] : ["a source of the other family"]
    }
  }
}

extension Match {
  fileprivate func isAddress(_ field: AddressField) -> Bool {
    guard case .address(field, _) = self else { return false }
    return true
  }

  /// The protocol that it makes the rule name.
  fileprivate var layer4: IPProtocol? {
    switch self {
    case .notStartOfTCP: .tcp
    case .transport(let transport), .ports(let transport, _): transport.ipProtocol
    case .icmpv6Type: .icmpv6
    case .connectionState, .address, .addressIn, .destinationIn, .limit, .outInterface, .local,
      .sourceNotOnOutInterface:
      nil
    }
  }
}

extension String {
  fileprivate var hasControls: Bool {
    unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
