import CNetfilter
import NetSets
import Nftables

/// A table of anybody's.
package struct TableName: Sendable, Hashable {
  /// As nft writes it: `inet`.
  package let family: String
  package let name: String
}

/// A chain of anybody's that the kernel calls by itself.
package struct BaseChainName: Sendable, Hashable {
  package let table: TableName
  package let name: String
  /// As nft writes it: `forward`; nil for one that neither `ip`, `ip6` nor `inet` has.
  package let hook: String?
  package let priority: Int
}

extension NetlinkKernel {
  /// Every table of the network namespace.
  package func tableNames() throws(KernelFailure) -> [TableName] {
    try every(NFT_MSG_GETTABLE).map { message in
      TableName(
        family: message.familyName, name: message.attribute(NFTA_TABLE_NAME.rawValue)?.string ?? "")
    }
  }

  /// Every base chain of the network namespace.
  package func baseChainNames() throws(KernelFailure) -> [BaseChainName] {
    try every(NFT_MSG_GETCHAIN).map { message -> BaseChainName? in
      guard let hook = message.attribute(NFTA_CHAIN_HOOK.rawValue) else { return nil }
      let table = TableName(
        family: message.familyName, name: message.attribute(NFTA_CHAIN_TABLE.rawValue)?.string ?? ""
      )
      let number = Attributes.first(NFTA_HOOK_HOOKNUM.rawValue, in: hook.value)?.number ?? 0
      let priority = Attributes.first(NFTA_HOOK_PRIORITY.rawValue, in: hook.value)?.number ?? 0
      let names = ["prerouting", "input", "forward", "output", "postrouting"]
      let isIP = ["ip", "ip6", "inet"].contains(table.family)
      return BaseChainName(
        table: table, name: message.attribute(NFTA_CHAIN_NAME.rawValue)?.string ?? "",
        hook: isIP && number < names.count ? names[Int(number)] : nil,
        priority: Int(Int32(truncatingIfNeeded: priority)))
    }.compactMap { $0 }
  }

  private func every(_ type: nf_tables_msg_types) throws(KernelFailure) -> Messages {
    do throws(RequestFailure) {
      return try socket.ask(
        Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(type.rawValue), flags: NLM_F_DUMP
      ) { _ in }
    } catch {
      throw KernelFailure(error)
    }
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
