import Host
import NetSets
import Netfilter
import Nftables

/// What the rules are that packets met: ours by what they come from, those of others as nft lists
/// them.
final class TracedRules {
  private let namespace: NetworkNamespace
  private var installed: Installed?
  private var foreign: [String: [RuleHandle: String]] = [:]

  static let own = "netpolc"

  init(_ namespace: NetworkNamespace) { self.namespace = namespace }

  /// The rule of ours that an event is about; nil when it is gone.
  func rule(_ event: TraceEvent) throws -> Rule? {
    guard event.table == Self.own, case .rule(let handle) = event.kind else { return nil }
    if let rule = try known(event, handle) { return rule }
    // It is newer than what was read.
    installed = nil
    return try known(event, handle)
  }

  /// The comment of a chain of ours.
  func comment(ofChain event: TraceEvent) throws -> String? {
    try table(event)?.chains.first { $0.name == event.chain }?.comment
  }

  private func known(_ event: TraceEvent, _ handle: RuleHandle) throws -> Rule? {
    guard let table = try table(event),
      let chain = table.chains.first(where: { $0.name == event.chain }),
      let index = installed?.handles[Installed.ChainName(event.family, event.chain)]?
        .firstIndex(of: handle), chain.rules.indices.contains(index)
    else { return nil }
    return chain.rules[index]
  }

  private func table(_ event: TraceEvent) throws -> Table? {
    if installed == nil {
      installed = try NetlinkKernel(in: namespace).read(table: Self.own)
    }
    return installed?.ruleset.tables.first { $0.family == event.family }
  }

  /// `ip filter FORWARD`, and the rule as nft lists it where nft is there.
  func foreignText(_ event: TraceEvent) -> (place: String, rule: String?) {
    let families = [event.family.nftName, "inet"]
    for family in families {
      let place = "\(family) \(event.table) \(event.chain)"
      if foreign[place] == nil { foreign[place] = list(place) }
      guard let rules = foreign[place], !rules.isEmpty else { continue }
      switch event.kind {
      case .rule(let handle):
        if let text = rules[handle] { return (place, text) }
      case .policy, .return: return (place, nil)
      }
    }
    return ("\(event.family.nftName) \(event.table) \(event.chain)", nil)
  }

  /// Rules by handle; a chain without any has its own line, of handle 0.
  private func list(_ place: String) -> [RuleHandle: String] {
    let words = place.split(separator: " ").map(String.init)
    guard findExecutable("nft") != nil,
      let result = try? namespace.enter({
        try runProcess(["nft", "-a", "list", "chain"] + words)
      }), result.succeeded
    else { return [:] }
    var rules: [RuleHandle: String] = [0: place]
    for line in result.output.split(separator: "\n") {
      guard let mark = line.firstRange(of: " # handle "),
        let handle = UInt64(line[mark.upperBound...])
      else { continue }
      rules[handle] = String(line[..<mark.lowerBound].drop { $0 == "\t" })
    }
    return rules
  }
}
