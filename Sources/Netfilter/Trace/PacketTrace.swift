import CNetfilter
import Glibc
import Host
import NetSets
import Nftables

/// Follows packets through nftables, for as long as the value lives.
///
/// What marks them is a table that belongs to the socket (`NFT_TABLE_F_OWNER`, Linux 5.12): the
/// kernel takes it away with the socket, however the process ends, and nobody else can change it.
package final class PacketTrace {
  /// Which packets.
  package struct Flow: Hashable, Sendable {
    package let source: IPAddress
    package let destination: IPAddress
    package let layer4: IPProtocol?
    /// Only with a protocol that has ports.
    package let port: UInt16?

    package init(
      from source: IPAddress, to destination: IPAddress, layer4: IPProtocol?, port: UInt16?
    ) {
      precondition(source.family == destination.family, "a packet has addresses of one family")
      self.source = source
      self.destination = destination
      self.layer4 = layer4
      self.port = port
    }
  }

  /// Owns the table.
  private let kernel: NetlinkKernel
  private let events: NetlinkSocket

  private static let table = "netpolc-trace"
  /// Before all others that are known, connection tracking (-200) among them; `raw` is -300.
  private static let priority: Int32 = -400

  /// - Parameter namespace: where packets are followed; nil for the calling thread's.
  /// - Throws: `KernelFailure`, `SystemFailure`.
  package init(_ flows: [Flow], in namespace: NetworkNamespace? = nil) throws {
    events = try NetlinkSocket(in: namespace)
    try events.join(group: Int32(NFNLGRP_NFTRACE.rawValue))
    kernel = try NetlinkKernel(in: namespace)
    var batch = Batch(generation: try kernel.generation())
    for family in Set(flows.map(\.source.family)).sorted() {
      batch.addTrace(
        flows.filter { $0.source.family == family }, family, table: Self.table,
        priority: Self.priority)
    }
    batch.finish(isDryRun: false)
    try kernel.commit(batch)
  }

  /// What happened since the last call, or happens within a time; that a packet was marked, too,
  /// which may be all that is ever said of it.
  package func next(milliseconds: Int32) throws(SystemFailure) -> [TraceEvent] {
    guard events.waits(milliseconds: milliseconds) else { return [] }
    var found: [TraceEvent] = []
    while try events.receive(
      waits: false,
      { message in
        if let event = TraceEvent(message) { found.append(event) }
      })
    {}
    return found
  }
}

extension Batch {
  /// A table with chains where packets come in and where they begin, and a rule in each for every
  /// flow.
  fileprivate mutating func addTrace(
    _ flows: [PacketTrace.Flow], _ family: IPFamily, table: String, priority: Int32
  ) {
    add(NFT_MSG_NEWTABLE, family.number, flags: NLM_F_CREATE | NLM_F_EXCL, step: 0) {
      $0.put(NFTA_TABLE_NAME.rawValue, text: table)
      $0.put(NFTA_TABLE_FLAGS.rawValue, number: UInt32(NFT_TABLE_F_OWNER.rawValue))
    }
    for (chain, hook) in [("prerouting", Hook.prerouting), ("output", .output)] {
      add(NFT_MSG_NEWCHAIN, family.number, flags: NLM_F_CREATE, step: 0) {
        $0.put(NFTA_CHAIN_TABLE.rawValue, text: table)
        $0.put(NFTA_CHAIN_NAME.rawValue, text: chain)
        $0.put(NFTA_CHAIN_TYPE.rawValue, text: ChainType.filter.rawValue)
        $0.nest(NFTA_CHAIN_HOOK.rawValue) {
          $0.put(NFTA_HOOK_HOOKNUM.rawValue, number: hook.number)
          $0.put(NFTA_HOOK_PRIORITY.rawValue, number: UInt32(bitPattern: priority))
        }
      }
      for flow in flows {
        add(NFT_MSG_NEWRULE, family.number, flags: NLM_F_CREATE | NLM_F_APPEND, step: 0) {
          $0.put(NFTA_RULE_TABLE.rawValue, text: table)
          $0.put(NFTA_RULE_CHAIN.rawValue, text: chain)
          $0.nest(NFTA_RULE_EXPRESSIONS.rawValue) { list in
            for instruction in flow.rule.instructions(family) { list.put(instruction) }
            list.put(.constant([1], register: Register.first))
            list.put(.trace)
          }
        }
      }
    }
  }
}

extension PacketTrace.Flow {
  fileprivate var rule: Rule {
    var matches: [Match] = [
      .address(.source, AddressRange(source), negated: false),
      .address(.destination, AddressRange(destination), negated: false),
    ]
    if let layer4 { matches.append(.layer4(layer4)) }
    if let port { matches.append(.destinationPort(port...port)) }
    return Rule(matches, [], nil)
  }
}
