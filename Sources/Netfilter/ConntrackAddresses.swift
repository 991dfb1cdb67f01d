import CNetfilter
import NetSets
import Nftables

/// Addresses that pods leave, so that who has them next inherits no connection.
extension Conntrack {
  /// Deletes the entries of connections from and to these addresses, whoever opened them. What
  /// their packets meet then is the rules, like any new connection.
  ///
  /// A packet that comes before the rules know that the pod is gone makes an entry again: change
  /// the rules first.
  ///
  /// - Returns: how many there were.
  package func deleteEntries(of addresses: Set<IPAddress>) throws(KernelFailure) -> Int {
    var count = 0
    for entry in try entries(of: addresses) where try delete(entry) {
      count += 1
    }
    return count
  }

  /// The entries of connections from and to these addresses.
  package func entries(of addresses: Set<IPAddress>) throws(KernelFailure) -> [ConnectionEntry] {
    if addresses.isEmpty { return [] }
    var found: [UInt32: ConnectionEntry] = [:]
    // A kernel that knows no filters lists everything.
    func take(_ message: Message) {
      guard let entry = ConnectionEntry(message), entry.hasEnd(in: addresses) else { return }
      found[entry.id] = entry
    }
    guard addresses.count <= Conntrack.filtered else {
      try ask(IPCTNL_MSG_CT_GET, flags: NLM_F_DUMP) { _ in }.visit { take($0) }
      return Array(found.values)
    }
    for address in addresses {
      for tuple in [CTA_TUPLE_ORIG, CTA_TUPLE_REPLY] {
        try ask(IPCTNL_MSG_CT_GET, family: address.family.number, flags: NLM_F_DUMP) {
          $0.putFilter(tuple, source: address)
        }.visit { take($0) }
      }
    }
    return Array(found.values)
  }

  /// For how many addresses the kernel is asked for their own entries. It goes through its table
  /// twice for each of them, which with 100,000 entries takes half of the time in which it lists
  /// all.
  private static let filtered = 2
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
