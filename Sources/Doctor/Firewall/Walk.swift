import NetSets

/// What can become of a packet at a hook of somebody else's.
package struct Fate: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case passes
    case dropped
    case translated
    /// Either, or something that cannot be told.
    case unclear
  }

  package let kind: Kind
  /// The rule or policy that decides, or cannot be told, with its table; empty when it passes.
  package let reason: String
  /// Whose table decides.
  package var owner: ForeignTable.Owner? = nil
  /// Whether it is a chain's policy.
  package var isPolicy = false
}

extension [ForeignTable] {
  /// What these tables do to a packet on its way from link to link.
  package func fateForwarding(_ packet: ProbePacket) -> Fate {
    for (table, chain) in baseChains(.forward, packet.family) {
      var walk = Walk(table: table, packet: packet)
      let ends = walk.base(chain)
      let drops = ends.filter { $0.kind == .drop || $0.kind == .unclear }
      guard let first = drops.first else { continue }
      return Fate(
        kind: drops.count == ends.count && first.kind == .drop ? .dropped : .unclear,
        reason: first.reason, owner: table.owner,
        isPolicy: first.isPolicy)
    }
    return Fate(kind: .passes, reason: "")
  }

  /// Whether these tables give a packet that leaves another source. The first that does decides for
  /// the connection, whichever accepts it later.
  package func fateLeaving(_ packet: ProbePacket) -> Fate {
    var mayBeKept: String?
    for (table, chain) in baseChains(.postrouting, packet.family)
    where chain.base?.translates == true {
      var walk = Walk(table: table, packet: packet)
      let ends = walk.base(chain)
      // To drop there is no translation.
      let changing = ends.filter { [.translate, .keep, .unclear].contains($0.kind) }
      guard let first = changing.first else { continue }
      if changing.count == ends.count, changing.allSatisfy({ $0.kind == .keep }) {
        return Fate(kind: .passes, reason: "")
      }
      guard let other = changing.first(where: { $0.kind != .keep }) else {
        mayBeKept = first.reason
        continue
      }
      let isSure = changing.count == ends.count && changing.allSatisfy { $0.kind == .translate }
      return Fate(
        kind: isSure && mayBeKept == nil ? .translated : .unclear,
        reason: mayBeKept ?? other.reason)
    }
    return Fate(kind: .passes, reason: "")
  }

  /// In the order in which the kernel calls them.
  private func baseChains(
    _ hook: ForeignChain.Hook, _ family: IPFamily
  ) -> [(ForeignTable, ForeignChain)] {
    filter { $0.families.contains(family) }.flatMap { table in
      table.chains.filter { $0.base?.hook == hook }.map { (table, $0) }
    }.enumerated().sorted {
      let (left, right) = ($0.element.1.base?.priority ?? 0, $1.element.1.base?.priority ?? 0)
      return left == right ? $0.offset < $1.offset : left < right
    }.map(\.element)
  }
}

/// Where a chain can end.
private struct End: Hashable {
  enum Kind: Hashable {
    case accept
    case drop
    case translate
    case keep
    /// The end of the chain, or `return`.
    case through
    case unclear
  }

  let kind: Kind
  let reason: String
  var isPolicy = false
}

/// Follows a packet through one table, and down both ways where it cannot be told which.
private struct Walk {
  let table: ForeignTable
  let packet: ProbePacket
  /// Nobody knows the mark any more once a rule has set it.
  private var isMarked = false
  private var steps = 0

  init(table: ForeignTable, packet: ProbePacket) {
    self.table = table
    self.packet = packet
  }

  /// As many rules as are looked at, so that no table of anybody's keeps us for long.
  private static let limit = 20_000

  mutating func base(_ chain: ForeignChain) -> [End] {
    ends(of: chain, depth: 0).map { end in
      guard end.kind == .through else { return end }
      guard chain.base?.drops == true else { return End(kind: .accept, reason: "") }
      return End(
        kind: .drop, reason: "the policy of chain \(chain.name), \(table.title)", isPolicy: true)
    }
  }

  private mutating func ends(of chain: ForeignChain, depth: Int) -> [End] {
    var found: [End] = []
    func add(_ ends: [End]) {
      for end in ends where !found.contains(where: { $0.kind == end.kind }) { found.append(end) }
    }
    for rule in chain.rules {
      steps += 1
      guard steps < Self.limit else {
        add([End(kind: .unclear, reason: "too many rules, \(table.title)")])
        return found
      }
      let truth = holds(rule)
      if truth == .no { continue }
      var ends = self.ends(of: rule, in: chain, depth: depth)
      let goesOn = ends.contains { $0.kind == .through } && !leaves(rule)
      if !leaves(rule) { ends.removeAll { $0.kind == .through } }
      add(ends)
      if truth == .yes, !goesOn { return found }
    }
    add([End(kind: .through, reason: "")])
    return found
  }

  /// Whether the chain ends with the rule, whatever comes of it.
  private func leaves(_ rule: ForeignRule) -> Bool {
    switch rule.action {
    case .return, .goto: true
    default: false
    }
  }

  private mutating func ends(
    of rule: ForeignRule, in chain: ForeignChain, depth: Int
  ) -> [End] {
    let place = "\"\(rule.text)\" in chain \(chain.name), \(table.title)"
    switch rule.action {
    case .accept: return [End(kind: .accept, reason: place)]
    case .drop: return [End(kind: .drop, reason: place)]
    case .translate: return [End(kind: .translate, reason: place)]
    case .keepSource: return [End(kind: .keep, reason: place)]
    case .return, .proceed: return [End(kind: .through, reason: "")]
    case .mark:
      isMarked = true
      return [End(kind: .through, reason: "")]
    case .unknown:
      return [End(kind: .unclear, reason: place), End(kind: .through, reason: "")]
    case .jump(let name), .goto(let name):
      // The kernel takes no more than 16 (nf_tables_api.c, `NFT_JUMP_STACK_SIZE`).
      guard depth < 16, let target = table.chain(name) else {
        return [End(kind: .unclear, reason: place), End(kind: .through, reason: "")]
      }
      return ends(of: target, depth: depth + 1)
    }
  }

  private func holds(_ rule: ForeignRule) -> Truth {
    var isUnknown = false
    for condition in rule.conditions {
      let truth = holds(condition.test)
      switch condition.isNegated ? !truth : truth {
      case .no: return .no
      case .unknown: isUnknown = true
      case .yes: break
      }
    }
    return isUnknown ? .unknown : .yes
  }

  private func holds(_ test: ForeignRule.Test) -> Truth {
    switch test {
    case .source(let addresses): holds(addresses, packet.source)
    case .destination(let addresses): holds(addresses, packet.destination)
    case .inInterface(let patterns): any(of: patterns, packet.inInterface)
    case .outInterface(let patterns): any(of: patterns, packet.outInterface)
    case .family(let family): Truth(family == packet.family)
    case .connectionState(let includesNew): Truth(includesNew)
    case .mark(let value, let mask): isMarked ? .unknown : Truth(0 & mask == value)
    // Pods are not the node.
    case .isLocal: .no
    case .unknown: .unknown
    }
  }

  private func holds(_ addresses: AddressSet, _ address: IPAddress?) -> Truth {
    guard let address else { return addresses == .empty ? .no : .unknown }
    return Truth(addresses.contains(address))
  }

  private func any(of patterns: [String], _ name: InterfaceName) -> Truth {
    var isUnknown = false
    for pattern in patterns {
      switch name.matches(pattern) {
      case .yes: return .yes
      case .unknown: isUnknown = true
      case .no: break
      }
    }
    return isUnknown ? .unknown : .no
  }
}
