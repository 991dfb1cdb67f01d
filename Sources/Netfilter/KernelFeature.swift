import CNetfilter
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
    case .log: "CONFIG_NFT_LOG"
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
    let generation = try generation()
    let transaction = Transaction(
      from: Installed(generation: generation, ruleset: Ruleset(tables: []), handles: [:]),
      to: Ruleset(tables: IPFamily.allCases.map { feature.table($0, name: table) }), table: table)
    var batch = Batch(generation: generation)
    for (index, step) in transaction.steps.enumerated() {
      batch.add(step.operation, step.family, table: table, step: index)
    }
    // What rulesets of ours have no words for yet.
    if let name = feature.expression {
      for family in IPFamily.allCases { batch.addProbe(name, family, table: table) }
    }
    batch.finish(isDryRun: isDryRun)
    try commit(batch)
  }
}

extension KernelFeature {
  fileprivate var expression: String? {
    switch self {
    case .masquerade: "masq"
    case .reversePath: "fib"
    default: nil
    }
  }

  /// A table that has it.
  fileprivate func table(_ family: IPFamily, name: String) -> Table {
    let address = IPAddress(family: family, bits: 1)
    func set(_ content: SetContent) -> NamedSet {
      NamedSet(name: "set-1", comment: nil, content: content)
    }
    func chains(_ rules: Rule...) -> [Chain] {
      [
        Chain(
          name: "chain-1", comment: nil, base: BaseChain(hook: .forward, priority: -5),
          rules: rules)
      ]
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
    case .masquerade, .reversePath: break
    }
    return table
  }
}

extension Batch {
  /// A chain with a rule of one expression: `masquerade`, or `fib saddr . iif oif`.
  fileprivate mutating func addProbe(_ expression: String, _ family: IPFamily, table: String) {
    let chain = allocated(nftnl_chain_alloc())
    defer { nftnl_chain_free(chain) }
    let isNAT = expression == "masq"
    nftnl_chain_set_str(chain, UInt16(NFTNL_CHAIN_TABLE.rawValue), table)
    nftnl_chain_set_str(chain, UInt16(NFTNL_CHAIN_NAME.rawValue), "chain-1")
    nftnl_chain_set_str(chain, UInt16(NFTNL_CHAIN_TYPE.rawValue), isNAT ? "nat" : "filter")
    nftnl_chain_set_u32(
      chain, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue),
      UInt32((isNAT ? NF_INET_POST_ROUTING : NF_INET_PRE_ROUTING).rawValue))
    nftnl_chain_set_s32(chain, UInt16(NFTNL_CHAIN_PRIO.rawValue), isNAT ? 100 : -300)
    addObject(NFT_MSG_NEWCHAIN, family, flags: NLM_F_CREATE, step: 0) {
      nftnl_chain_nlmsg_build_payload($0, chain)
    }
    add(NFT_MSG_NEWRULE, family, flags: NLM_F_CREATE | NLM_F_APPEND, step: 1) { message in
      message.put(NFTA_RULE_TABLE.rawValue, text: table)
      message.put(NFTA_RULE_CHAIN.rawValue, text: "chain-1")
      message.nest(NFTA_RULE_EXPRESSIONS.rawValue) { list in
        list.nest(NFTA_LIST_ELEM.rawValue) { element in
          element.put(NFTA_EXPR_NAME.rawValue, text: expression)
          element.nest(NFTA_EXPR_DATA.rawValue) { data in
            if isNAT { return }
            data.put(NFTA_FIB_DREG.rawValue, number: Register.first)
            data.put(NFTA_FIB_RESULT.rawValue, number: UInt32(NFT_FIB_RESULT_OIF.rawValue))
            data.put(
              NFTA_FIB_FLAGS.rawValue,
              number: UInt32(NFTA_FIB_F_SADDR.rawValue | NFTA_FIB_F_IIF.rawValue))
          }
        }
      }
    }
  }
}
