import CNetfilter
import NetSets
import Nftables

/// Sets and maps with their elements.
extension TableListing {
  struct ReadSets {
    var maps: [VerdictMap] = []
    var sets: [NamedSet] = []
    /// The protocols of the sets that belong to rules.
    var anonymous: [String: [UInt8]] = [:]
  }

  func readSets(_ family: IPFamily) throws(KernelFailure) -> ReadSets {
    var read = ReadSets()
    try sets.visit { message throws(KernelFailure) in
      let object = allocated(nftnl_set_alloc())
      defer { nftnl_set_free(object) }
      guard nftnl_set_nlmsg_parse(message.pointer, object) >= 0,
        let name = nftnl_set_get_str(object, UInt16(NFTNL_SET_NAME.rawValue))
          .map({ String(cString: $0) })
      else { throw foreign("a set that cannot be read") }
      try self.read(SetDeclaration(object, name: name), family, into: &read)
    }
    return read
  }

  private func read(
    _ set: SetDeclaration, _ family: IPFamily, into result: inout ReadSets
  ) throws(KernelFailure) {
    let name = set.name
    let unknown = foreign("set \(name) of a type or with elements that netpolc does not write,")
    switch set.flags {
    case flags(NFT_SET_ANONYMOUS, NFT_SET_CONSTANT) where set.is(.layer4, family):
      result.anonymous[name] = try elements(of: name).flatMap(\.key).sorted()
    case flags(NFT_SET_MAP) where set.is(.address, family) && set.dataType == VerdictMap.dataType:
      var elements: [VerdictElement] = []
      for element in try self.elements(of: name) {
        guard let read = element.verdictElement(family) else { throw unknown }
        elements.append(read)
      }
      let map = VerdictMap(name: name, comment: set.comment, elements: elements)
      try checkOnce(Set(elements.map(\.address)).count, of: elements.count)
      result.maps.append(map)
    case 0 where set.is(.address, family) && set.size == 0:
      var addresses: [IPAddress] = []
      for element in try elements(of: name) {
        guard let address = IPAddress(keyBytes: element.key, family: family) else { throw unknown }
        addresses.append(address)
      }
      let content = SetContent.hosts(addresses)
      try checkOnce(content.count, of: addresses.count)
      result.sets.append(NamedSet(name: name, comment: set.comment, content: content))
    case 0 where set.is(.endpoint, family) && set.size == 0:
      var keys: [EndpointKey] = []
      for element in try elements(of: name) {
        guard let key = EndpointKey(keyBytes: element.key, family: family) else { throw unknown }
        keys.append(key)
      }
      let content = SetContent.ports(keys)
      try checkOnce(content.count, of: keys.count)
      result.sets.append(NamedSet(name: name, comment: set.comment, content: content))
    case flags(NFT_SET_INTERVAL) where set.is(.address, family) && set.size == 0:
      guard let ranges = AddressRange.ranges(try elements(of: name), family) else { throw unknown }
      result.sets.append(NamedSet(name: name, comment: set.comment, content: .intervals(ranges)))
    case flags(NFT_SET_EVAL, NFT_SET_TIMEOUT)
    where set.is(.flow, family) && set.timeout.isMultiple(of: 60_000):
      let content = SetContent.flows(
        size: Int(set.size), timeoutMinutes: Int(set.timeout / 60_000))
      result.sets.append(NamedSet(name: name, comment: set.comment, content: content))
    default: throw unknown
    }
  }

  /// The kernel lists a hash in parts and remembers only how many elements it has listed. When it
  /// enlarges the hash in between, as it does for a while after many were added, some are listed
  /// again and as many are left out (nf_tables_api.c, `nf_tables_dump_set`).
  func checkOnce(_ distinct: Int, of listed: Int) throws(KernelFailure) {
    if distinct < listed { throw .stale }
  }

  private func flags(_ flags: nft_set_flags...) -> UInt32 {
    flags.reduce(0) { $0 | UInt32($1.rawValue) }
  }

  func elements(of set: String) throws(KernelFailure) -> [KernelElement] {
    guard let messages = elements[set] else { return [] }
    return try messages.map { message throws(KernelFailure) in
      let object = allocated(nftnl_set_alloc())
      defer { nftnl_set_free(object) }
      guard nftnl_set_elems_nlmsg_parse(message.pointer, object) >= 0 else {
        throw foreign("an element that cannot be read, of set \(set),")
      }
      return KernelElement.all(in: object)
    }.flatMap { $0 }
  }
}

/// What the kernel says of a set, without its elements.
struct SetDeclaration {
  let name: String
  let comment: String?
  let flags: UInt32
  let keyType: UInt32
  let dataType: UInt32
  let size: UInt32
  /// In milliseconds.
  let timeout: UInt64

  init(_ set: OpaquePointer, name: String) {
    self.name = name
    comment = UserData.setComment(
      in: borrowed { nftnl_set_get_data(set, UInt16(NFTNL_SET_USERDATA.rawValue), &$0) })
    func number(_ attribute: nftnl_set_attr) -> UInt32 {
      nftnl_set_is_set(set, UInt16(attribute.rawValue))
        ? nftnl_set_get_u32(set, UInt16(attribute.rawValue)) : 0
    }
    flags = number(NFTNL_SET_FLAGS)
    keyType = number(NFTNL_SET_KEY_TYPE)
    dataType = number(NFTNL_SET_DATA_TYPE)
    size = number(NFTNL_SET_DESC_SIZE)
    timeout =
      nftnl_set_is_set(set, UInt16(NFTNL_SET_TIMEOUT.rawValue))
      ? nftnl_set_get_u64(set, UInt16(NFTNL_SET_TIMEOUT.rawValue)) : 0
  }

  func `is`(_ keys: SetKeys, _ family: IPFamily) -> Bool { keyType == keys.type(family) }
}

extension SetContent {
  fileprivate var count: Int {
    switch self {
    case .addresses(let addresses): addresses.count
    case .endpoints(let keys): keys.count
    case .intervals(let ranges): ranges.count
    case .flows: 0
    }
  }
}

extension KernelElement {
  fileprivate func verdictElement(_ family: IPFamily) -> VerdictElement? {
    guard let verdict, let address = IPAddress(keyBytes: key, family: family) else { return nil }
    return VerdictElement(
      address: address, comment: UserData.comment(in: userData), verdict: Verdict(verdict))
  }
}

extension AddressRange {
  /// The ranges between starts and ends. An end without a start is nft's mark before the first
  /// range, a start without an end reaches the last address.
  fileprivate static func ranges(_ elements: [KernelElement], _ family: IPFamily) -> [AddressRange]?
  {
    var bounds: [(bits: UInt128, isEnd: Bool)] = []
    for element in elements {
      guard let address = IPAddress(keyBytes: element.key, family: family) else { return nil }
      bounds.append((address.bits, element.isEnd))
    }
    // Where one range ends and the next starts, the end is first.
    bounds.sort { $0.bits == $1.bits ? $0.isEnd && !$1.isEnd : $0.bits < $1.bits }
    var ranges: [AddressRange] = []
    var start: UInt128?
    for (bits, isEnd) in bounds {
      switch (start, isEnd) {
      case (nil, true): break
      case (nil, false): start = bits
      case (.some(let lower), true):
        guard bits > lower else { return nil }
        ranges.append(AddressRange(family: family, lower: lower, upper: bits - 1))
        start = nil
      case (.some, false): return nil
      }
    }
    if let start {
      ranges.append(AddressRange(family: family, lower: start, upper: family.highest))
    }
    return ranges
  }
}
