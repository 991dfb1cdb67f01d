import CNetfilter
import NetSets
import Nftables

/// The connections of some addresses.
extension Conntrack {
  /// The entries of connections from and to these addresses, whoever opened them.
  ///
  /// - Parameter way: how to ask the kernel; the quickest, if not given.
  package func entries(
    of addresses: Set<IPAddress>, by way: Way? = nil
  ) throws(KernelFailure) -> [ConnectionEntry] {
    if addresses.isEmpty { return [] }
    var found: [UInt32: ConnectionEntry] = [:]
    // A kernel that knows no filters lists everything.
    func take(_ message: Message) {
      guard let entry = ConnectionEntry(message), entry.hasEnd(in: addresses) else { return }
      found[entry.id] = entry
    }
    let way = if let way { way } else { try quickestWay(to: addresses.count) }
    switch way {
    case .list: try ask(IPCTNL_MSG_CT_GET, flags: NLM_F_DUMP) { _ in }.visit { take($0) }
    case .filters:
      for address in addresses {
        for tuple in [CTA_TUPLE_ORIG, CTA_TUPLE_REPLY] {
          try ask(IPCTNL_MSG_CT_GET, family: address.family.number, flags: NLM_F_DUMP) {
            $0.putFilter(tuple, source: address)
          }.visit { take($0) }
        }
      }
    }
    return Array(found.values)
  }

  /// How the kernel is asked for the entries of addresses.
  package enum Way: Sendable, CaseIterable {
    /// For all entries, once.
    case list
    /// For those of each address, for which it goes through its table twice.
    case filters
  }

  /// To go through a table with the usual 262,144 places takes the kernel as long as to pass over
  /// 50,000 entries; to list one as long as to pass over 12.
  private func quickestWay(to addresses: Int) throws(KernelFailure) -> Way {
    let turns = 2 * addresses
    return try count() * (12 - turns) > (turns - 1) * 50_000 ? .filters : .list
  }

  /// How many entries there are.
  private func count() throws(KernelFailure) -> Int {
    var count = 0
    try ask(IPCTNL_MSG_CT_GET_STATS, flags: 0) { _ in }.visit { message in
      count = message.attribute(CTA_STATS_GLOBAL_ENTRIES.rawValue).map { Int($0.number) } ?? count
    }
    return count
  }
}

extension MessageWriter {
  /// Of a list, the entries in which a tuple has that source (`CTA_FILTER`, Linux 5.8).
  fileprivate mutating func putFilter(_ tuple: ctattr_type, source: IPAddress) {
    let (part, type) =
      switch tuple {
      case CTA_TUPLE_REPLY: (CTA_FILTER_REPLY_FLAGS, CTA_TUPLE_REPLY)
      default: (CTA_FILTER_ORIG_FLAGS, CTA_TUPLE_ORIG)
      }
    nest(CTA_FILTER.rawValue) {
      // In the machine's order; nf_internals.h, `CTA_FILTER_F_CTA_IP_SRC`.
      $0.put(part.rawValue, number: UInt32(1).bigEndian)
    }
    nest(type.rawValue) {
      $0.nest(CTA_TUPLE_IP.rawValue) {
        $0.put(
          source.family == .ipv4 ? CTA_IP_V4_SRC.rawValue : CTA_IP_V6_SRC.rawValue,
          address: source)
      }
    }
  }
}
