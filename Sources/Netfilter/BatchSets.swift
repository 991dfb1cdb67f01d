import CNetfilter
import NetSets
import Nftables

/// Sets, maps and their elements.
extension Batch {
  /// `add set`
  mutating func addSet(_ set: NamedSet, _ place: Place) {
    let keys = SetKeys(set.content)
    addSet(set.name, keys, place, userData: UserData.bytes(set: keys, comment: set.comment)) {
      object in
      switch set.content {
      case .addresses, .endpoints: return []
      case .intervals: return [NFT_SET_INTERVAL]
      case .flows(let size, let timeoutMinutes):
        nftnl_set_set_u32(object, UInt16(NFTNL_SET_DESC_SIZE.rawValue), UInt32(size))
        nftnl_set_set_u64(
          object, UInt16(NFTNL_SET_TIMEOUT.rawValue), UInt64(timeoutMinutes) * 60_000)
        return [NFT_SET_EVAL, NFT_SET_TIMEOUT]
      }
    }
  }

  /// `add map`
  mutating func addMap(_ map: VerdictMap, _ place: Place) {
    let userData = UserData.bytes(set: .address, comment: map.comment)
    addSet(map.name, .address, place, userData: userData) { object in
      nftnl_set_set_u32(object, UInt16(NFTNL_SET_DATA_TYPE.rawValue), VerdictMap.dataType)
      nftnl_set_set_u32(object, UInt16(NFTNL_SET_DATA_LEN.rawValue), 0)
      return [NFT_SET_MAP]
    }
  }

  /// The set of a rule that asks for one of several protocols, with its elements.
  ///
  /// - Returns: the number by which the rule names it within the batch.
  mutating func addAnonymousSet(_ protocols: [UInt8], _ place: Place) -> UInt32 {
    let name = AnonymousSet.template
    let userData = UserData.bytes(set: .layer4, comment: nil)
    let id = addSet(name, .layer4, place, userData: userData) { object in
      nftnl_set_set_u32(object, UInt16(NFTNL_SET_DESC_SIZE.rawValue), UInt32(protocols.count))
      return [NFT_SET_ANONYMOUS, NFT_SET_CONSTANT]
    }
    addElements(NFT_MSG_NEWSETELEM, protocols, set: name, place, flags: NLM_F_CREATE, id: id) {
      writer, number in
      writer.nest(NFTA_LIST_ELEM.rawValue) {
        $0.putKey { $0.put(NFTA_DATA_VALUE.rawValue, [number]) }
      }
    }
    return id
  }

  /// `delete set`, `delete map`
  mutating func deleteSet(_ name: String, _ place: Place) {
    let object = Batch.allocateSet(name, place)
    defer { nftnl_set_free(object) }
    addObject(NFT_MSG_DELSET, place.number, step: place.step) {
      nftnl_set_nlmsg_build_payload($0, object)
    }
  }

  @discardableResult
  mutating func addSet(
    _ name: String, _ keys: SetKeys, _ place: Place, userData: [UInt8],
    _ fill: (OpaquePointer) -> [nft_set_flags]
  ) -> UInt32 {
    let object = Batch.allocateSet(name, place)
    defer { nftnl_set_free(object) }
    let id = newSetID()
    nftnl_set_set_u32(object, UInt16(NFTNL_SET_ID.rawValue), id)
    nftnl_set_set_u32(object, UInt16(NFTNL_SET_KEY_TYPE.rawValue), keys.type(place.family))
    nftnl_set_set_u32(object, UInt16(NFTNL_SET_KEY_LEN.rawValue), UInt32(keys.length(place.family)))
    let flags = fill(object).reduce(0) { $0 | UInt32($1.rawValue) }
    nftnl_set_set_u32(object, UInt16(NFTNL_SET_FLAGS.rawValue), flags)
    nftnl_set_set_data(
      object, UInt16(NFTNL_SET_USERDATA.rawValue), userData, UInt32(userData.count))
    addObject(NFT_MSG_NEWSET, place.number, flags: NLM_F_CREATE | NLM_F_EXCL, step: place.step) {
      nftnl_set_nlmsg_build_payload($0, object)
    }
    return id
  }

  private static func allocateSet(_ name: String, _ place: Place) -> OpaquePointer {
    let object = allocated(nftnl_set_alloc())
    nftnl_set_set_u32(object, UInt16(NFTNL_SET_FAMILY.rawValue), UInt32(place.number))
    nftnl_set_set_str(object, UInt16(NFTNL_SET_TABLE.rawValue), place.table)
    nftnl_set_set_str(object, UInt16(NFTNL_SET_NAME.rawValue), name)
    return object
  }
}

extension VerdictMap {
  /// linux/netfilter/nf_tables.h, `NFT_DATA_VERDICT`.
  static let dataType: UInt32 = 0xffff_ff00
}
