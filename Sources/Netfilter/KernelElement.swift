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

  /// What fits the attribute that lists elements, whose length is a 16-bit number.
  static let mostBytes = 60_000

  /// The bytes it takes there, with every attribute's header (linux/netfilter/nf_tables.h,
  /// `enum nft_set_elem_attributes`).
  var size: Int {
    func attribute(_ count: Int) -> Int { Attribute.headerLength + (count + 3) & ~3 }
    var size = attribute(attribute(attribute(key.count)))
    if isEnd { size += attribute(4) }
    if let verdict {
      let chain = verdict.chain.map { attribute($0.utf8.count + 1) } ?? 0
      size += attribute(attribute(attribute(4) + chain))
    }
    if !userData.isEmpty { size += attribute(userData.count) }
    return size
  }

  /// A new element, which the caller hands to a set.
  func allocate() -> OpaquePointer {
    let new = allocated(nftnl_set_elem_alloc())
    nftnl_set_elem_set(new, UInt16(NFTNL_SET_ELEM_KEY), key, UInt32(key.count))
    if isEnd {
      nftnl_set_elem_set_u32(
        new, UInt16(NFTNL_SET_ELEM_FLAGS), UInt32(NFT_SET_ELEM_INTERVAL_END.rawValue))
    }
    if let verdict {
      nftnl_set_elem_set_u32(
        new, UInt16(NFTNL_SET_ELEM_VERDICT), UInt32(bitPattern: verdict.number))
      if let chain = verdict.chain {
        nftnl_set_elem_set_str(new, UInt16(NFTNL_SET_ELEM_CHAIN), chain)
      }
    }
    if !userData.isEmpty {
      nftnl_set_elem_set(
        new, UInt16(NFTNL_SET_ELEM_USERDATA), userData, UInt32(userData.count))
    }
    return new
  }

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

  init(key: [UInt8], isEnd: Bool = false, verdict: VerdictCode? = nil, userData: [UInt8] = []) {
    self.key = key
    self.isEnd = isEnd
    self.verdict = verdict
    self.userData = userData
  }
}

extension SetElement {
  /// One element, or the two ends of a range: the second is the first address after it, and is
  /// left out where there is none.
  var kernelElements: [KernelElement] {
    switch self {
    case .address(let address): return [KernelElement(key: address.bytes)]
    case .endpoint(let key): return [KernelElement(key: key.keyBytes)]
    case .range(let range):
      let first = IPAddress(family: range.family, bits: range.lower).bytes
      guard range.upper < range.family.highest else {
        return [KernelElement(key: first, userData: UserData.openEnd)]
      }
      let after = IPAddress(family: range.family, bits: range.upper + 1).bytes
      return [KernelElement(key: first), KernelElement(key: after, isEnd: true)]
    }
  }
}

extension VerdictElement {
  var kernelElement: KernelElement {
    KernelElement(
      key: address.bytes, verdict: verdict.code, userData: UserData.bytes(comment: comment))
  }
}

extension Verdict {
  /// Of an element; a map holds no other verdicts than these.
  fileprivate var code: VerdictCode {
    switch self {
    case .accept: .accept
    case .drop: .drop
    case .return: .return
    case .jump(let chain): .jump(chain)
    case .goto(let chain): .goto(chain)
    case .lookup, .rejectTCP, .rejectProhibited:
      preconditionFailure("a map gives no such verdict")
    }
  }
}
