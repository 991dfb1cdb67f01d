import CNetfilter
import NetSets
import Nftables

/// An element of a set as the kernel has it.
struct KernelElement: Hashable {
  var key: [UInt8]
  /// Whether it is the first key after a range.
  var isEnd = false
  var verdict: VerdictCode?
  var userData: [UInt8] = []

  /// The elements that libnftnl read into a set.
  static func all(in set: OpaquePointer) -> [KernelElement] {
    let iterator = allocated(nftnl_set_elems_iter_create(set))
    defer { nftnl_set_elems_iter_destroy(iterator) }
    var elements: [KernelElement] = []
    while let next = nftnl_set_elems_iter_next(iterator) { elements.append(KernelElement(next)) }
    return elements
  }

  private init(_ element: OpaquePointer) {
    func bytes(_ attribute: Int) -> [UInt8] {
      var length: UInt32 = 0
      guard nftnl_set_elem_is_set(element, UInt16(attribute)),
        let start = nftnl_set_elem_get(element, UInt16(attribute), &length)
      else { return [] }
      return Array(UnsafeRawBufferPointer(start: start, count: Int(length)))
    }
    key = bytes(NFTNL_SET_ELEM_KEY)
    userData = bytes(NFTNL_SET_ELEM_USERDATA)
    if nftnl_set_elem_is_set(element, UInt16(NFTNL_SET_ELEM_FLAGS)) {
      let flags = nftnl_set_elem_get_u32(element, UInt16(NFTNL_SET_ELEM_FLAGS))
      isEnd = flags & UInt32(NFT_SET_ELEM_INTERVAL_END.rawValue) != 0
    }
    if nftnl_set_elem_is_set(element, UInt16(NFTNL_SET_ELEM_VERDICT)) {
      let number = nftnl_set_elem_get_u32(element, UInt16(NFTNL_SET_ELEM_VERDICT))
      let chain =
        nftnl_set_elem_is_set(element, UInt16(NFTNL_SET_ELEM_CHAIN))
        ? nftnl_set_elem_get_str(element, UInt16(NFTNL_SET_ELEM_CHAIN)).map { String(cString: $0) }
        : nil
      verdict = VerdictCode(number: Int32(bitPattern: number), chain: chain)
    }
  }
}
