import CNetfilter
import NetSets
import Nftables

/// A table of anybody's.
package struct TableName: Sendable, Hashable {
  /// As nft writes it: `inet`.
  package let family: String
  package let name: String
}

/// A table with a chain that the kernel calls by itself at a hook.
package struct HookedTable: Sendable, Hashable {
  package let table: TableName
  /// As nft writes it: `forward`.
  package let hook: String
}

extension NetlinkKernel {
  /// Every table of the network namespace.
  package func tableNames() throws(KernelFailure) -> [TableName] {
    try every(NFT_MSG_GETTABLE).map { TableName($0, NFTA_TABLE_NAME.rawValue) }
  }

  /// The hooks at which tables of `ip`, `ip6` and `inet` have chains.
  package func hookedTables() throws(KernelFailure) -> Set<HookedTable> {
    // linux/netfilter.h, `enum nf_inet_hooks`.
    let hooks = ["prerouting", "input", "forward", "output", "postrouting"]
    return Set(
      try every(NFT_MSG_GETCHAIN).map { message -> HookedTable? in
        let table = TableName(message, NFTA_CHAIN_TABLE.rawValue)
        guard ["ip", "ip6", "inet"].contains(table.family),
          let hook = message.attribute(NFTA_CHAIN_HOOK.rawValue),
          let number = Attributes.first(NFTA_HOOK_HOOKNUM.rawValue, in: hook.value)?.number,
          number < hooks.count
        else { return nil }
        return HookedTable(table: table, hook: hooks[Int(number)])
      }.compactMap { $0 })
  }

  /// Lists again when the list changed meanwhile.
  private func every(_ type: nf_tables_msg_types) throws(KernelFailure) -> Messages {
    for _ in 0..<20 {
      do throws(RequestFailure) {
        return try socket.ask(
          Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(type.rawValue), flags: NLM_F_DUMP
        ) { _ in }
      } catch {
        guard case .interrupted = error else { throw KernelFailure(error) }
      }
    }
    throw .stale
  }
}

extension TableName {
  fileprivate init(_ message: Message, _ nameAttribute: some BinaryInteger) {
    self.init(
      family: message.familyName, name: message.attribute(nameAttribute)?.string ?? "")
  }
}

extension Message {
  /// The family in `struct nfgenmsg`, in nft's words (linux/netfilter.h, `NFPROTO_*`).
  fileprivate var familyName: String {
    switch payload.first {
    case 1: "inet"
    case 2: "ip"
    case 3: "arp"
    case 5: "netdev"
    case 7: "bridge"
    case 10: "ip6"
    default: "unknown"
    }
  }
}
