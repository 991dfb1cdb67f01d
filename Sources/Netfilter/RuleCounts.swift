import CNetfilter
import Glibc
import NetSets
import Nftables

/// How much passed a counter.
package struct PacketCount: Hashable, Sendable {
  package var packets: UInt64
  package var bytes: UInt64

  package init(packets: UInt64 = 0, bytes: UInt64 = 0) {
    self.packets = packets
    self.bytes = bytes
  }
}

/// What one rule of ours has counted since it was made.
package struct RuleCount: Sendable {
  package let family: IPFamily
  package let chain: String
  /// The kernel gives no two rules of a table the same, whatever became of the first.
  package let handle: RuleHandle
  /// nil for a rule that only counts.
  package let verdict: Verdict?
  package let comment: String?
  package let count: PacketCount

  package init(
    family: IPFamily, chain: String, handle: RuleHandle, verdict: Verdict?,
    comment: String? = nil, count: PacketCount
  ) {
    self.family = family
    self.chain = chain
    self.handle = handle
    self.verdict = verdict
    self.comment = comment
    self.count = count
  }
}

extension NetlinkKernel {
  /// What the rules with counters have counted, in both families' tables.
  package func ruleCounts(table: String) throws(KernelFailure) -> [RuleCount] {
    var counts: [RuleCount] = []
    for family in IPFamily.allCases {
      counts += try listing(NFT_MSG_GETRULE, table, family).map { ruleCount($0, family) }
        .compactMap(\.self)
    }
    return counts
  }

  /// What the table's named counters have counted, both families' together.
  package func namedCounts(table: String) throws(KernelFailure) -> [String: PacketCount] {
    var counts: [String: PacketCount] = [:]
    for family in IPFamily.allCases {
      for case (let name, let count)? in try listing(NFT_MSG_GETOBJ, table, family).map(namedCount)
      {
        counts[name, default: PacketCount()] += count
      }
    }
    return counts
  }

  /// Empty where there is no such table.
  private func listing(
    _ type: nf_tables_msg_types, _ table: String, _ family: IPFamily
  ) throws(KernelFailure) -> Messages {
    // The kernel says when others made what it listed so far untrue.
    for _ in 0..<20 {
      do throws(RequestFailure) {
        return try ask(type, family.number, flags: NLM_F_DUMP) {
          // The first attribute of rules and of objects.
          $0.put(NFTA_RULE_TABLE.rawValue, text: table)
        }.filter { $0.attribute(NFTA_RULE_TABLE.rawValue)?.string == table }
      } catch {
        switch error {
        case .refused(code: ENOENT): return Messages()
        case .interrupted: continue
        case .refused, .lost, .system: throw KernelFailure(error)
        }
      }
    }
    throw .stale
  }

  /// nil for a rule without a counter.
  private func ruleCount(_ message: Message, _ family: IPFamily) -> RuleCount? {
    let object = allocated(nftnl_rule_alloc())
    defer { nftnl_rule_free(object) }
    guard nftnl_rule_nlmsg_parse(message.pointer, object) >= 0 else { return nil }
    let iterator = allocated(nftnl_expr_iter_create(object))
    defer { nftnl_expr_iter_destroy(iterator) }
    var count: PacketCount?
    var verdict: Verdict?
    while let expression = nftnl_expr_iter_next(iterator) {
      switch Instruction(expression, anonymous: [:]) {
      case .counter:
        count = PacketCount(
          packets: nftnl_expr_get_u64(expression, UInt16(NFTNL_EXPR_CTR_PACKETS)),
          bytes: nftnl_expr_get_u64(expression, UInt16(NFTNL_EXPR_CTR_BYTES)))
      case .verdict(let code): verdict = Verdict(code)
      default: break
      }
    }
    let userData = borrowed {
      nftnl_rule_get_data(object, UInt16(NFTNL_RULE_USERDATA.rawValue), &$0)
    }
    return count.map {
      RuleCount(
        family: family, chain: message.attribute(NFTA_RULE_CHAIN.rawValue)?.string ?? "",
        handle: message.attribute(NFTA_RULE_HANDLE.rawValue)?.number ?? 0, verdict: verdict,
        comment: UserData.comment(in: userData), count: $0)
    }
  }

  private func namedCount(_ message: Message) -> (String, PacketCount)? {
    let object = allocated(nftnl_obj_alloc())
    defer { nftnl_obj_free(object) }
    guard nftnl_obj_nlmsg_parse(message.pointer, object) >= 0,
      nftnl_obj_get_u32(object, UInt16(NFTNL_OBJ_TYPE)) == UInt32(NFT_OBJECT_COUNTER),
      let name = nftnl_obj_get_str(object, UInt16(NFTNL_OBJ_NAME)).map({ String(cString: $0) })
    else { return nil }
    return (
      name,
      PacketCount(
        packets: nftnl_obj_get_u64(object, UInt16(NFTNL_OBJ_CTR_PKTS)),
        bytes: nftnl_obj_get_u64(object, UInt16(NFTNL_OBJ_CTR_BYTES)))
    )
  }
}

extension PacketCount {
  package static func += (left: inout PacketCount, right: PacketCount) {
    left.packets += right.packets
    left.bytes += right.bytes
  }

  /// What came since an earlier look at the same counter; all of it when that was set to zero.
  package func since(_ earlier: PacketCount) -> PacketCount {
    guard packets >= earlier.packets, bytes >= earlier.bytes else { return self }
    return PacketCount(packets: packets - earlier.packets, bytes: bytes - earlier.bytes)
  }
}
