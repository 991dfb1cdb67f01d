import Host
import Iptables
import NetSets
import Nftables

/// Every firewall of a node that can hold our rules.
///
/// Rules that move from one to another are put into their new place first and then taken from the
/// old, so that packets meet both for a moment, and never neither.
struct Firewalls<Target: Kernel> {
  let kernel: Target
  let applier: Applier<Target>
  let table: String
  /// Where iptables works; nil without it, such as beside a kernel that is none.
  let namespace: NetworkNamespace?

  init(_ kernel: Target, table: String, namespace: NetworkNamespace?) {
    self.kernel = kernel
    self.table = table
    self.namespace = namespace
    applier = Applier(kernel, table: table)
  }

  /// What was done.
  struct Done {
    var transaction: Transaction
    /// In how many it was made, one after another.
    var transactionCount = 1
    var filterChange: FilterChange?
    /// From where rules were taken because they are elsewhere now.
    var left: [Firewall] = []
    var leftover: String?
  }

  /// Makes a firewall hold rules, and those in `others` nothing of ours.
  /// - Parameter wanted: nil for no rules at all.
  func give(_ wanted: NodeRules?, leaving others: [Firewall]) throws -> Done {
    switch wanted {
    case .nftables(let ruleset):
      let outcome = try applier.apply(ruleset)
      var done = Done(
        transaction: outcome.transaction, transactionCount: outcome.transactionCount)
      try leave(others, &done) {
        do {
          _ = try applier.apply(outcome.before.ruleset)
          return "what was there before is in force"
        } catch {
          return "taking back the new rules failed as well (\(error)); both are in force"
        }
      }
      return done
    case .iptables(let filter, let variant):
      let applier = FilterApplier(tools: try tools(variant))
      var outcome = try applier.apply(filter)
      var done = Done(transaction: Transaction(table: table), filterChange: outcome.change)
      try leave(others, &done) { applier.restoring(outcome.before) }
      outcome = applier.finish(outcome)
      done.leftover = outcome.leftover
      return done
    case nil:
      var done = Done(transaction: Transaction(table: table))
      try leave(others, &done) { "they are in force" }
      return done
    }
  }

  /// Takes our rules from firewalls.
  /// - Parameter undo: puts back what was done before, and says what became of it.
  private func leave(
    _ firewalls: [Firewall], _ done: inout Done, undo: () -> String
  ) throws {
    var variants: [FilterApplier] = []
    for firewall in firewalls {
      do {
        switch firewall {
        case .nftables:
          let transaction = try applier.uninstall().transaction
          if transaction.isEmpty { continue }
          if done.transaction.isEmpty { done.transaction = transaction }
          done.left.append(firewall)
        case .iptables(let variant):
          guard let tools = try installedTools(variant) else { continue }
          let applier = FilterApplier(tools: tools)
          variants.append(applier)
          if try applier.removeRules() { done.left.append(firewall) }
        }
      } catch {
        throw RulesRemain(firewall: firewall, reason: "\(error)", consequence: undo())
      }
    }
    // Sets belong to both variants, of which neither needs them now.
    guard done.filterChange == nil, let any = variants.first, try any.removeSets() else { return }
    if !done.left.contains(where: { $0 != .nftables }) {
      done.left.append(.iptables(any.tools.variant))
    }
  }

  /// The tools of a variant.
  func tools(_ variant: IptablesVariant) throws -> IptablesTools {
    guard let namespace else { throw IptablesFailure(step: "iptables", reason: "not here") }
    return try IptablesTools(variant, in: namespace)
  }

  /// nil where they are not installed.
  func installedTools(_ variant: IptablesVariant) throws -> IptablesTools? {
    guard let namespace else { return nil }
    return try IptablesTools.installed(in: namespace).first { $0.variant == variant }
  }
}

/// Rules could not be taken from where they were.
package struct RulesRemain: Error, CustomStringConvertible {
  package let firewall: Firewall
  package let reason: String
  /// What became of those that were to take their place.
  package let consequence: String

  package var description: String {
    "our rules in \(firewall) could not be removed: \(reason); \(consequence)"
  }
}
