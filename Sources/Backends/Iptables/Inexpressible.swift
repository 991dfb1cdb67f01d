import Diagnostics
import Iptables
import NetSets
import PolicyModel

extension DiagnosticCode {
  /// More than ipset holds.
  static let ipsetLimit = DiagnosticCode("ipset-limit")
}

extension PacketFilter {
  /// What ipset has no room for, at the lines of the policies that ask for it. Nothing is left out
  /// or widened instead.
  ///
  /// - Parameters:
  ///   - sources: where the rules come from.
  ///   - mostSets: of both families, those of translation included.
  ///   - mostElements: of one set.
  package func inexpressible(
    _ sources: SourceMap, mostSets: Int = PacketFilter.mostSets,
    mostElements: Int = IPSet.mostElements
  ) -> Diagnostics {
    var diagnostics = Diagnostics()
    let tooLarge = Set(sets.filter { $0.content.count > mostElements }.map(\.name))
    if sets.count <= mostSets, tooLarge.isEmpty { return diagnostics }
    let uses = setUses(sources)
    // Those that no policy asks for come first.
    var room = mostSets - Set(sets.map(\.name)).subtracting(uses.map(\.set)).count
    var counted: Set<String> = []
    for use in uses where counted.insert(use.set).inserted {
      room -= 1
      if room < 0 {
        let count = "\(sets.count) sets, of which ipset holds \(mostSets)"
        diagnostics.add(use.error("the policies of this node need \(count)"))
      } else if tooLarge.contains(use.set) {
        diagnostics.add(
          use.error("more than \(mostElements) elements, which no set of ipset holds"))
      }
    }
    return diagnostics
  }

  /// Which policy asks for which set, in the order of the files.
  private func setUses(_ sources: SourceMap) -> [SetUse] {
    var rules: [IPFamily: [String: [Rule]]] = [:]
    for table in tables where table.name == .filter {
      for chain in table.chains { rules[table.family, default: [:]][chain.name] = chain.rules }
    }
    let uses = sources.entries.flatMap { entry in
      let matches = rules[entry.family]?[entry.chain]?[entry.rule].matches ?? []
      return matches.compactMap(\.set).map { SetUse(set: $0, entry: entry) }
    }
    return uses.sorted { $0.entry.provenance.location < $1.entry.provenance.location }
  }
}

private struct SetUse {
  let set: String
  let entry: SourceMap.Entry

  func error(_ message: String) -> Diagnostic {
    Diagnostic(
      .ipsetLimit, .error, message, at: entry.provenance.location, path: entry.provenance.path,
      hint: "nftables has no such limit: --backend nftables")
  }
}

extension Match {
  /// The set that it looks into.
  fileprivate var set: String? {
    switch self {
    case .addressIn(_, let name, _), .destinationIn(let name): name
    case .connectionState, .notStartOfTCP, .address, .transport, .ports, .icmpv6Type, .limit,
      .outInterface, .local, .sourceNotOnOutInterface:
      nil
    }
  }
}
