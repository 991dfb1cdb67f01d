import Host
import Iptables
import NetSets
import Nftables

/// What one firewall holds of ours.
struct InstalledRules {
  let rules: NodeRules
  /// With what others put ahead of it; nil for nftables, where order does not matter.
  let filter: InstalledFilter?

  init(_ ruleset: Ruleset) {
    rules = .nftables(ruleset)
    filter = nil
  }

  init(_ filter: InstalledFilter, _ variant: IptablesVariant) {
    rules = .iptables(filter.filter, variant)
    self.filter = filter
  }
}

/// What all firewalls of a node hold of ours.
struct Survey {
  var installed: [InstalledRules] = []
  /// Which could not be looked at, and why.
  var unread: [String] = []
}

extension Firewalls {
  /// Looks everywhere. Who may change nftables may not be allowed to list iptables.
  /// - Parameter mustRead: the firewall of which it is an error that it cannot be looked at.
  func survey(mustRead: Firewall?) throws -> Survey {
    var survey = Survey()
    for firewall in Firewall.all where firewall == .nftables || namespace != nil {
      do {
        guard let installed = try read(firewall) else { continue }
        survey.installed.append(installed)
      } catch let failure as IptablesFailure where firewall != mustRead {
        survey.unread.append("\(firewall): \(failure)")
      } catch let failure as SystemFailure where firewall != mustRead && firewall != .nftables {
        survey.unread.append("\(firewall): \(failure)")
      }
    }
    let hasFilter = survey.installed.contains { $0.rules.firewall != .nftables }
    if !hasFilter, survey.unread.isEmpty, let orphans = try orphans() {
      survey.installed.append(orphans)
    }
    return survey
  }

  /// nil where there are no rules of ours.
  func read(_ firewall: Firewall) throws -> InstalledRules? {
    switch firewall {
    case .nftables:
      let ruleset = try kernel.read(table: table).ruleset
      if ruleset.isEmpty { return nil }
      return InstalledRules(ruleset)
    case .iptables(let variant):
      guard let listing = try installedTools(variant)?.list(), listing.hasRules else { return nil }
      return InstalledRules(try listing.installed(), variant)
    }
  }

  /// Sets that no rules of ours name, which a removal that was ended left.
  private func orphans() throws -> InstalledRules? {
    guard let namespace, let tools = try IptablesTools.installed(in: namespace).first else {
      return nil
    }
    let listing = try tools.list()
    return listing.isEmpty ? nil : InstalledRules(try listing.installed(), tools.variant)
  }

  /// What leads from recorded rules to those that are there, both of one firewall.
  func difference(
    from recorded: NodeRules?, to installed: InstalledRules?
  ) throws -> [RulesDifference] {
    switch (recorded, installed?.rules) {
    case (.nftables(let recorded)?, .nftables(let ruleset)?):
      return recorded.difference(to: ruleset).parts
    case (.iptables(let recorded, let variant)?, .iptables?):
      let limited = recorded.limited(to: try tools(variant).families)
      return InstalledFilter(filter: limited).difference(to: installed?.filter ?? .nothing)
        .map { .iptables($0) }
    case (let recorded?, nil): return recorded.removal
    case (nil, .nftables(let ruleset)?):
      return Ruleset(tables: []).difference(to: ruleset).parts
    case (nil, .iptables?):
      return InstalledFilter.nothing.difference(to: installed?.filter ?? .nothing)
        .map { .iptables($0) }
    case (nil, nil): return []
    case (.nftables?, .iptables?), (.iptables?, .nftables?):
      preconditionFailure("rules of one firewall are compared")
    }
  }

  /// What giving rules to their firewall would change there.
  func preview(_ wanted: NodeRules, asksKernel: Bool) throws -> [RulesDifference] {
    switch wanted {
    case .nftables(let ruleset):
      let before =
        try asksKernel
        ? applier.apply(ruleset, isDryRun: true).before : kernel.read(table: table)
      return before.ruleset.difference(to: ruleset).parts
    case .iptables(let filter, let variant):
      let tools = try tools(variant)
      if asksKernel { try FilterApplier.tryOut(filter, variant) }
      let installed = try tools.list().installed()
      return installed.difference(to: filter.limited(to: tools.families)).map { .iptables($0) }
    }
  }
}
