import Host
import Iptables
import NetSets

/// Makes a node's iptables and ipset hold a filter, whatever of ours they held before.
///
/// No single call does it: sets come first, then each family's rules, what translates before what
/// lets pass, and sets that nothing names last. When a tool refuses, what was there before is given back.
struct FilterApplier {
  let tools: IptablesTools

  struct Outcome {
    let before: InstalledFilter
    let change: FilterChange
    /// Why sets that are no longer needed are still there; nil when none is.
    var leftover: String?
  }

  /// What would be sent.
  func plan(_ wanted: PacketFilter) throws -> Outcome {
    let before = try tools.list().installed()
    let wanted = wanted.limited(to: tools.families)
    return Outcome(before: before, change: FilterChange(from: before, to: wanted))
  }

  /// Has the tools and the kernel take rules where they cannot do anything.
  static func tryOut(_ wanted: PacketFilter, _ variant: IptablesVariant) throws {
    let tools = try IptablesTools(variant, in: NetworkNamespace())
    let change = FilterChange(from: .nothing, to: wanted.limited(to: tools.families))
    try tools.sendSets(change.sets)
    try tools.sendRules(change)
  }

  /// Sends what differs, but for sets to be destroyed: others' rules may have to go first.
  /// - Throws: `IptablesFailure`, after what was there before is back.
  func apply(_ wanted: PacketFilter) throws -> Outcome {
    let outcome = try plan(wanted)
    do {
      try tools.sendSets(outcome.change.sets)
      try tools.sendRules(outcome.change)
    } catch var failure as IptablesFailure {
      failure.consequence = [rulesInTheWay(), restoring(outcome.before)].compactMap(\.self)
        .joined(separator: "; ")
      throw failure
    }
    return outcome
  }

  /// Destroys what is no longer needed. That somebody else's rules name our sets is no failure of
  /// the change, which is in force.
  func finish(_ outcome: Outcome) -> Outcome {
    var outcome = outcome
    do {
      try tools.destroySets(outcome.change.obsoleteSets)
    } catch {
      outcome.leftover = "\(error)"
    }
    return outcome
  }

  /// Rules of others that keep a chain of ours from being removed; nil where there are none, or
  /// where that cannot be said.
  private func rulesInTheWay() -> String? {
    guard let others = try? tools.list().rulesIntoOurs, !others.isEmpty else { return nil }
    return "rules of others lead into ours, remove them first: \(others.joined(separator: "; "))"
  }

  /// Puts back what was there.
  /// - Returns: what became of it, in words.
  func restoring(_ before: InstalledFilter) -> String {
    do {
      let change = FilterChange(from: try tools.list().installed(), to: before.filter)
      try tools.sendSets(change.sets)
      try tools.sendRules(change)
      try tools.destroySets(change.obsoleteSets)
      return "what was there before is in force"
    } catch {
      return
        "putting back what was there failed as well (\(error)); netpolc status says what is in "
        + "force"
    }
  }

  /// Takes away all rules of ours, whatever is in them. The sets that they named may also be named
  /// by rules of the other variant, and stay until `removeSets`.
  /// - Returns: whether there were any.
  func removeRules() throws -> Bool {
    let listing = try tools.list()
    guard listing.hasRules else { return false }
    do {
      try tools.sendRules(listing.removal)
    } catch var failure as IptablesFailure {
      failure.consequence = rulesInTheWay()
      throw failure
    }
    return true
  }

  /// Takes away all sets of ours.
  /// - Returns: whether there were any.
  func removeSets() throws -> Bool {
    let sets = try tools.list().removal.obsoleteSets
    try tools.destroySets(sets)
    return !sets.isEmpty
  }
}
