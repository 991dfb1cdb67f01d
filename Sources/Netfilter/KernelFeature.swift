import NetSets
import Nftables

/// Something that rulesets are made of, and that a kernel can be built without.
package enum KernelFeature: String, CaseIterable, Sendable {
  case tables = "tables of ip and ip6"
  case verdictMaps = "maps from addresses to verdicts"
  case intervalSets = "sets of ranges"
  case concatenations = "sets of addresses with ports"
  case connectionState = "the state of connections"
  case namedCounters = "counters with names"
  case reject = "reject"
  case dynamicSets = "sets that packets fill"
  case limit = "limits of rates"
  case log = "log to a group"
  case masquerade
  case reversePath = "fib"

  /// The option of the kernel's build (net/netfilter/Kconfig).
  package var option: String {
    switch self {
    case .tables: "CONFIG_NF_TABLES_IPV4 and CONFIG_NF_TABLES_IPV6"
    case .verdictMaps, .intervalSets, .concatenations, .dynamicSets: "CONFIG_NF_TABLES"
    case .connectionState: "CONFIG_NFT_CT"
    case .namedCounters: "CONFIG_NF_TABLES"
    case .reject: "CONFIG_NFT_REJECT"
    case .limit: "CONFIG_NFT_LIMIT"
    case .log: "CONFIG_NFT_LOG and CONFIG_NETFILTER_NETLINK_LOG"
    case .masquerade: "CONFIG_NFT_MASQ"
    case .reversePath: "CONFIG_NFT_FIB_IPV4 and CONFIG_NFT_FIB_IPV6"
    }
  }

  /// The module, where the option may be one.
  package var module: String? {
    switch self {
    case .tables, .verdictMaps, .intervalSets, .concatenations, .dynamicSets, .namedCounters:
      "nf_tables"
    case .connectionState: "nft_ct"
    case .reject: "nft_reject"
    case .limit: "nft_limit"
    case .log: "nft_log"
    case .masquerade: "nft_masq"
    case .reversePath: "nft_fib_ipv4"
    }
  }

  /// What only needs it; nil when every ruleset does.
  package var neededBy: String? {
    switch self {
    case .limit, .log: "--deny-log"
    case .masquerade: "translating addresses of pods"
    case .reversePath: "refusing pods that send from others' addresses"
    case .tables, .verdictMaps, .intervalSets, .concatenations, .connectionState, .namedCounters,
      .reject, .dynamicSets:
      nil
    }
  }
}

extension NetlinkKernel {
  /// Has the kernel take a small ruleset for each feature.
  /// - Parameter isDryRun: whether it only checks them. Otherwise it keeps them, so that the network
  ///   namespace must be one where nothing else is.
  /// - Returns: those that it refused, and its reason.
  package func refusedFeatures(
    isDryRun: Bool
  ) throws(KernelFailure) -> [(KernelFeature, String)] {
    var refused: [(KernelFeature, String)] = []
    for (number, feature) in KernelFeature.allCases.enumerated() {
      do throws(KernelFailure) {
        try tryOut(feature, table: "netpolc-probe-\(number)", isDryRun: isDryRun)
      } catch {
        guard case .refused(_, _, let reason) = error else { throw error }
        refused.append((feature, reason))
      }
    }
    return refused
  }

  private func tryOut(
    _ feature: KernelFeature, table: String, isDryRun: Bool
  ) throws(KernelFailure) {
    let nothing = Installed(
      generation: try generation(), ruleset: Ruleset(tables: []), handles: [:])
    let wanted = Ruleset(tables: IPFamily.allCases.map { feature.table($0, name: table) })
    try commit(
      Transaction(from: nothing, to: wanted, table: table), onGeneration: nothing.generation,
      isDryRun: isDryRun)
  }
}

extension KernelFeature {
  /// A table that has it.
  fileprivate func table(_ family: IPFamily, name: String) -> Table {
    let address = IPAddress(family: family, bits: 1)
    func set(_ content: SetContent) -> NamedSet {
      NamedSet(name: "set-1", comment: nil, content: content)
    }
    func chains(
      _ rules: Rule..., base: BaseChain = BaseChain(hook: .forward, priority: -5)
    ) -> [Chain] {
      [Chain(name: "chain-1", comment: nil, base: base, rules: rules)]
    }
    var table = Table(family: family, name: name, comment: nil)
    switch self {
    case .tables: table.chains = chains(Rule([], [.counter], .accept))
    case .verdictMaps:
      table.maps = [
        VerdictMap(
          name: "map-1", comment: nil,
          elements: [VerdictElement(address: address, comment: nil, verdict: .drop)])
      ]
      table.chains = chains(Rule([], [], .lookup(.source, map: "map-1")))
    case .intervalSets:
      table.sets = [
        set(.intervals([AddressRange(family: family, lower: 1, upper: 3)]))
      ]
      table.chains = chains(Rule([.addressIn(.source, set: "set-1")], [], .accept))
    case .concatenations:
      table.sets = [set(.ports([EndpointKey(address: address, transport: .tcp, port: 80)]))]
      table.chains = chains(Rule([.destinationIn(set: "set-1")], [], .accept))
    case .connectionState:
      table.chains = chains(Rule([.connectionState([.established, .related])], [], .accept))
    case .namedCounters:
      table.counters = [NamedCounter(name: "counter-1", comment: nil)]
      table.chains = chains(Rule([], [.namedCounter("counter-1")], nil))
    case .reject: table.chains = chains(Rule([], [], .rejectTCP), Rule([], [], .rejectProhibited))
    case .dynamicSets:
      table.sets = [set(.flows(size: 16, timeoutMinutes: 1))]
      table.chains = chains(
        Rule([.layer4In([.tcp, .udp])], [.updateFlow(set: "set-1")], nil))
    case .limit: table.chains = chains(Rule([], [.limit(perSecond: 1, burst: 1)], nil))
    case .log: table.chains = chains(Rule([], [.log(prefix: "probe ", group: 100)], nil))
    case .masquerade:
      table.chains = chains(
        Rule([], [], .translate(.masquerade(SourcePorts(nil, .fullyRandom)))),
        base: BaseChain(type: .nat, hook: .postrouting, priority: 100))
    case .reversePath:
      table.chains = chains(
        Rule([.sourceNotBehindInInterface], [], .drop),
        base: BaseChain(hook: .prerouting, priority: -300))
    }
    return table
  }
}
