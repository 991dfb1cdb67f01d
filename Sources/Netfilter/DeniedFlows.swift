import CNetfilter
import Glibc
import NetSets
import Nftables

/// A connection that was denied, as the kernel remembers it for a while.
package struct DeniedFlow: Hashable, Sendable {
  package let source: IPAddress
  package let destination: IPAddress
  package let transport: Transport
  package let port: UInt16
  /// Those that were dropped.
  package let packets: UInt64
}

extension NetlinkKernel {
  /// The elements of a dynamic set (`SetContent.flows`) of both families' tables, most packets first;
  /// none where there is no such set.
  package func deniedFlows(
    inSet set: String, table: String
  ) throws(KernelFailure) -> [DeniedFlow] {
    var found: [DeniedFlow] = []
    for family in IPFamily.allCases { found += try flows(inSet: set, table: table, family) }
    return found.sorted { left, right in
      (right.packets, left.source, left.destination, left.port)
        < (left.packets, right.source, right.destination, right.port)
    }
  }

  private func flows(
    inSet set: String, table: String, _ family: IPFamily
  ) throws(KernelFailure) -> [DeniedFlow] {
    // The kernel adds and removes meanwhile, and says when a listing may lack something.
    for _ in 0..<20 {
      do throws(RequestFailure) {
        return try ask(NFT_MSG_GETSETELEM, family.number, flags: NLM_F_DUMP) {
          $0.put(NFTA_SET_ELEM_LIST_TABLE.rawValue, text: table)
          $0.put(NFTA_SET_ELEM_LIST_SET.rawValue, text: set)
        }.map { flows(in: $0, family) }.flatMap { $0 }
      } catch {
        switch error {
        case .refused(code: ENOENT): return []
        case .interrupted: continue
        case .refused, .lost, .system: throw KernelFailure(error)
        }
      }
    }
    throw .stale
  }

  private func flows(in message: Message, _ family: IPFamily) -> [DeniedFlow] {
    let object = allocated(nftnl_set_alloc())
    defer { nftnl_set_free(object) }
    guard nftnl_set_elems_nlmsg_parse(message.pointer, object) >= 0 else { return [] }
    let iterator = allocated(nftnl_set_elems_iter_create(object))
    defer { nftnl_set_elems_iter_destroy(iterator) }
    var found: [DeniedFlow] = []
    while let element = nftnl_set_elems_iter_next(iterator) {
      if let flow = DeniedFlow(element, family) { found.append(flow) }
    }
    return found
  }
}

extension DeniedFlow {
  /// The key is `saddr . daddr . meta l4proto . th dport`, each field padded to four bytes.
  fileprivate init?(_ element: OpaquePointer, _ family: IPFamily) {
    var count: UInt32 = 0
    guard let start = nftnl_set_elem_get(element, UInt16(NFTNL_SET_ELEM_KEY), &count) else {
      return nil
    }
    let key = Array(UnsafeRawBufferPointer(start: start, count: Int(count)))
    let width = family.width / 8
    guard key.count == 2 * width + 8, let transport = Transport(rawValue: key[2 * width]),
      let source = IPAddress(keyBytes: Array(key[..<width]), family: family),
      let destination = IPAddress(keyBytes: Array(key[width..<(2 * width)]), family: family)
    else { return nil }
    self.source = source
    self.destination = destination
    self.transport = transport
    port = UInt16(key[2 * width + 4]) << 8 | UInt16(key[2 * width + 5])
    var length: UInt32 = 0
    let counter = nftnl_set_elem_get(element, UInt16(NFTNL_SET_ELEM_EXPR), &length)
      .map { OpaquePointer($0) }
    packets = counter.map { nftnl_expr_get_u64($0, UInt16(NFTNL_EXPR_CTR_PACKETS)) } ?? 0
  }
}
