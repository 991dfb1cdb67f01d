import Host
import Iptables
import NetSets
import Nftables

/// A node's firewalls together with the record of what they were given.
package struct Session<Target: Kernel> {
  private let firewalls: Firewalls<Target>
  package let generations: Generations

  /// - Parameter iptables: the namespace in which iptables and ipset work; nil beside a kernel that
  ///   has none of them.
  package init(
    _ kernel: Target, iptables: NetworkNamespace?, generations: Generations, table: String
  ) {
    firewalls = Firewalls(kernel, table: table, namespace: iptables)
    self.generations = generations
  }

  /// What an apply or a roll-back did.
  package struct Change: Sendable {
    /// The generation before; 0 is no rules at all.
    package let from: Int
    /// Equal to `from` when the kernel already held what is wanted.
    package let to: Int
    /// What nftables was sent.
    package let transaction: Transaction
    /// In how many it was made, one after another.
    package let transactionCount: Int
    /// What iptables and ipset were sent; nil when they were not asked.
    package let filterChange: FilterChange?
    /// From where our rules were taken because they are elsewhere now.
    package let left: [Firewall]
    /// What could not be tidied up, and is harmless.
    package let leftover: String?
    /// Firewalls that could not be looked at for rules of ours, and why.
    package let unread: [String]

    package var isEmpty: Bool {
      transaction.isEmpty && filterChange?.isEmpty ?? true && left.isEmpty
    }

    init(from: Int, to: Int, _ done: Firewalls<Target>.Done, unread: [String] = []) {
      self.from = from
      self.to = to
      transaction = done.transaction
      transactionCount = done.transactionCount
      filterChange = done.filterChange
      left = done.left
      leftover = done.leftover
      self.unread = unread
    }
  }

  /// Gives a firewall rules under a new number, unless it holds them already, and takes ours from
  /// the others.
  /// - Parameter pending: what must be ready before the kernel gets rules that have to be confirmed,
  ///   told the generation before and the new one; nil for rules that are to stay.
  package func apply(_ wanted: NodeRules, pending: ((Int, Int) throws -> Void)? = nil) throws
    -> Change
  {
    let recorded = try self.recorded()
    let from = recorded.generation
    let others = recorded.others(than: wanted)
    // What is there already, and is to be confirmed perhaps, does not wait once more.
    let waits = try pending != nil && !preview(wanted, others, asksKernel: false).isEmpty
    let number = try generations.add(wanted)
    do {
      if waits {
        try generations.setPending(number)
        try pending?(from, number)
      }
      let done = try firewalls.give(wanted, leaving: others)
      let change = Change(from: from, to: number, done, unread: recorded.unread)
      let isKnown = change.isEmpty && isRecord(from, of: wanted)
      if isKnown {
        try generations.discard(number)
      } else {
        try generations.advance(from: from, to: number)
      }
      if pending == nil { try generations.setPending(nil) }
      return isKnown ? Change(from: from, to: from, done, unread: recorded.unread) : change
    } catch {
      // The kernel never got it, or is asked by the next apply what it holds.
      try? generations.discard(number)
      if waits { try? generations.setPending(nil) }
      throw error
    }
  }

  /// Whether a generation is these rules. It is not when an apply was killed between the kernel and
  /// the record, or somebody else loaded them.
  private func isRecord(_ number: Int, of wanted: NodeRules) -> Bool {
    switch (try? generations.rules(number), wanted) {
    case (.nftables(let ruleset)?, .nftables(let wanted)):
      ruleset.difference(to: wanted).isEmpty
    case (.iptables(let filter, let variant)?, .iptables(let wanted, let wantedVariant)):
      variant == wantedVariant && filter.difference(to: wanted).isEmpty
    case (.nftables?, .iptables), (.iptables?, .nftables), (nil, _): false
    }
  }

  /// Gives the kernel what it held before, or the generation `number`; 0 removes our rules.
  /// - Throws: `NothingBefore` when what it held before is not kept.
  package func rollBack(to number: Int?) throws -> Change {
    let recorded = try self.recorded()
    let target = try number ?? previous(to: recorded.generation)
    let wanted = try generations.rules(target)
    let done = try firewalls.give(wanted, leaving: recorded.others(than: wanted))
    try generations.goBack(to: target)
    try generations.setPending(nil)
    return Change(from: recorded.generation, to: target, done)
  }

  /// Removes our rules, and nothing else: also those in which somebody put something that cannot be
  /// read.
  /// - Parameter chosen: from which firewalls.
  package func uninstall(_ chosen: [Firewall]) throws -> Change {
    let from = try generations.current ?? 0
    let done = try firewalls.give(nil, leaving: chosen)
    let isAll = try generations.firewall(of: from).map { chosen.contains($0) } ?? true
    if isAll {
      if from != 0 { try generations.advance(from: from, to: 0) }
      try generations.setPending(nil)
    }
    return Change(from: from, to: isAll ? 0 : from, done)
  }

  private func previous(to number: Int) throws -> Int {
    guard let previous = try generations.previous else {
      if number == 0 { return 0 }
      throw NothingBefore(generation: number)
    }
    guard try previous == 0 || generations.numbers.contains(previous) else {
      throw NothingBefore(generation: number)
    }
    return previous
  }

  /// What the record says is in force.
  private struct Recorded {
    /// 0 is no rules at all.
    let generation: Int
    /// Where rules of ours may be.
    let firewalls: [Firewall]
    let unread: [String]

    /// Where rules of ours must not stay when these are in force. For nftables alone nobody has to
    /// ask iptables.
    func others(than wanted: NodeRules?) -> [Firewall] {
      let isIptables =
        switch wanted {
        case .iptables: true
        case .nftables, nil: false
        }
      return (isIptables ? Firewall.all : firewalls).filter { $0 != wanted?.firewall }
    }
  }

  /// The current generation. What is there before the first, such as rules that nft loaded, becomes
  /// a generation too, so that there is a way back to them.
  private func recorded() throws -> Recorded {
    if let current = try generations.current {
      switch try generations.firewall(of: current) {
      case .nftables: return Recorded(generation: current, firewalls: [.nftables], unread: [])
      case .iptables(let variant):
        guard try firewalls.installedTools(variant) != nil else {
          throw IptablesFailure(
            step: "iptables",
            reason:
              "the rules of generation \(current) are in iptables (\(variant.rawValue)), which "
              + "is not installed any more")
        }
        return Recorded(generation: current, firewalls: Firewall.all, unread: [])
      case nil: return Recorded(generation: current, firewalls: [.nftables], unread: [])
      }
    }
    let survey = try firewalls.survey(mustRead: nil)
    guard let first = survey.installed.first else {
      return Recorded(generation: 0, firewalls: [.nftables], unread: survey.unread)
    }
    let number = try generations.add(first.rules)
    try generations.advance(from: 0, to: number)
    return Recorded(
      generation: number, firewalls: survey.installed.map(\.rules.firewall), unread: survey.unread)
  }
}

/// What an apply would do, and what the node holds.
extension Session {
  /// - Parameter asksKernel: whether the kernel checks it as well.
  package func preview(_ wanted: NodeRules, asksKernel: Bool) throws -> [RulesDifference] {
    // The record is read only: what is there before the first generation is in the survey.
    let survey = try firewalls.survey(mustRead: wanted.firewall)
    let others = survey.installed.map(\.rules.firewall).filter { $0 != wanted.firewall }
    return try preview(wanted, others, asksKernel: asksKernel)
  }

  private func preview(
    _ wanted: NodeRules, _ others: [Firewall], asksKernel: Bool
  ) throws -> [RulesDifference] {
    var differences = try firewalls.preview(wanted, asksKernel: asksKernel)
    for installed in try others.compactMap(firewalls.read) {
      differences += installed.rules.removal
    }
    return differences
  }

  /// What the node holds of ours, wherever that is.
  package func installed() throws -> [NodeRules] {
    try firewalls.survey(mustRead: nil).installed.map(\.rules)
  }

  /// Whether what the node holds of ours demands that TCP connections start with SYN.
  package func demandsSYN() throws -> Bool {
    try installed().contains(where: \.demandsSYN)
  }

  /// How the node compares with the record.
  package struct Status: Sendable {
    /// nil when nothing was ever applied.
    package let current: Int?
    package let pending: Int?
    /// Where there are rules of ours.
    package let installed: [NodeRules]
    /// From the recorded generation to what the node holds.
    package let drift: [RulesDifference]
    /// Firewalls that could not be looked at, and why. The record does not name them.
    package let unread: [String]
  }

  package func status() throws -> Status {
    let current = try generations.current
    let recorded = try generations.rules(current ?? 0)
    let survey = try firewalls.survey(mustRead: recorded?.firewall)
    var drift: [RulesDifference] = []
    for firewall in Firewall.all {
      let held = survey.installed.first { $0.rules.firewall == firewall }
      let expected = recorded?.firewall == firewall ? recorded : nil
      drift += try firewalls.difference(from: expected, to: held)
    }
    return Status(
      current: current, pending: try generations.pending,
      installed: survey.installed.map(\.rules), drift: drift, unread: survey.unread)
  }
}

/// There is no way back without saying where.
package struct NothingBefore: Error, CustomStringConvertible {
  package let generation: Int

  package var description: String { "what was there before generation \(generation) is not kept" }
}
