import CNetfilter
import NetSets
import Nftables

/// Each step as the messages that nft sends for it.
extension Batch {
  static let create = NLM_F_CREATE | NLM_F_EXCL

  mutating func add(_ operation: Operation, _ family: IPFamily, table: String, step: Int) {
    let place = Place(table: table, family: family, step: step)
    switch operation {
    case .addTable(let comment):
      addTable(NFT_MSG_NEWTABLE, place, comment: comment, flags: NLM_F_CREATE)
    case .deleteTable: addTable(NFT_MSG_DELTABLE, place, comment: nil)
    case .addCounter(let counter):
      addCounter(NFT_MSG_NEWOBJ, counter.name, place, comment: counter.comment, flags: Batch.create)
    case .deleteCounter(let name): addCounter(NFT_MSG_DELOBJ, name, place, comment: nil)
    case .addSet(let set): addSet(set, place)
    case .addMap(let map): addMap(map, place)
    case .deleteSet(let name), .deleteMap(let name): deleteSet(name, place)
    case .addChain(let chain): addChain(chain, place)
    case .deleteChain(let name): addChain(NFT_MSG_DELCHAIN, name, place)
    case .flushChain(let name): deleteRules(chain: name, handle: nil, place)
    case .addElements(let set, let elements):
      addElements(NFT_MSG_NEWSETELEM, elements, set: set, place, flags: Batch.create) {
        $0.putElement($1)
      }
    case .deleteElements(let set, let elements):
      addElements(NFT_MSG_DELSETELEM, elements, set: set, place) { $0.putElement($1) }
    case .addVerdicts(let map, let elements):
      addElements(NFT_MSG_NEWSETELEM, elements, set: map, place, flags: Batch.create) {
        $0.putElement($1)
      }
    case .deleteVerdicts(let map, let addresses):
      addElements(NFT_MSG_DELSETELEM, addresses, set: map, place) { $0.putElement($1) }
    case .addRule(let chain, let rule, let before): addRule(rule, chain: chain, before, place)
    case .deleteRule(let chain, let handle): deleteRules(chain: chain, handle: handle, place)
    }
  }

  /// Where a step acts.
  struct Place {
    let table: String
    /// Of addresses.
    let family: IPFamily
    let step: Int
    /// Of the table.
    let number: UInt8

    /// In a table of family `bridge` addresses may be of either family.
    init(table: String, family: IPFamily, step: Int, isBridge: Bool = false) {
      self.table = table
      self.family = family
      self.step = step
      number = isBridge ? bridgeNumber : family.number
    }
  }

  mutating func addTable(
    _ type: nf_tables_msg_types, _ place: Place, comment: String?, flags: Int32 = 0
  ) {
    let object = allocated(nftnl_table_alloc())
    defer { nftnl_table_free(object) }
    nftnl_table_set_str(object, UInt16(NFTNL_TABLE_NAME.rawValue), place.table)
    let userData = UserData.bytes(comment: comment)
    if !userData.isEmpty {
      nftnl_table_set_data(
        object, UInt16(NFTNL_TABLE_USERDATA.rawValue), userData, UInt32(userData.count))
    }
    addObject(type, place.number, flags: flags, step: place.step) {
      nftnl_table_nlmsg_build_payload($0, object)
    }
  }

  mutating func addCounter(
    _ type: nf_tables_msg_types, _ name: String, _ place: Place, comment: String?, flags: Int32 = 0
  ) {
    let object = allocated(nftnl_obj_alloc())
    defer { nftnl_obj_free(object) }
    nftnl_obj_set_str(object, UInt16(NFTNL_OBJ_TABLE), place.table)
    nftnl_obj_set_str(object, UInt16(NFTNL_OBJ_NAME), name)
    nftnl_obj_set_u32(object, UInt16(NFTNL_OBJ_TYPE), UInt32(NFT_OBJECT_COUNTER))
    let userData = UserData.bytes(comment: comment)
    if !userData.isEmpty {
      nftnl_obj_set_data(object, UInt16(NFTNL_OBJ_USERDATA), userData, UInt32(userData.count))
    }
    addObject(type, place.number, flags: flags, step: place.step) {
      nftnl_obj_nlmsg_build_payload($0, object)
    }
  }

  mutating func addChain(_ chain: Chain, _ place: Place) {
    addChain(NFT_MSG_NEWCHAIN, chain.name, place, flags: Batch.create) { object in
      let userData = UserData.bytes(comment: chain.comment)
      if !userData.isEmpty {
        nftnl_chain_set_data(
          object, UInt16(NFTNL_CHAIN_USERDATA.rawValue), userData, UInt32(userData.count))
      }
      guard let base = chain.base else { return }
      nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_TYPE.rawValue), base.type.rawValue)
      nftnl_chain_set_u32(object, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue), base.hook.number)
      nftnl_chain_set_s32(object, UInt16(NFTNL_CHAIN_PRIO.rawValue), Int32(base.priority))
      nftnl_chain_set_u32(object, UInt16(NFTNL_CHAIN_POLICY.rawValue), UInt32(NF_ACCEPT))
    }
  }

  mutating func addChain(
    _ type: nf_tables_msg_types, _ name: String, _ place: Place, flags: Int32 = 0,
    _ fill: (OpaquePointer) -> Void = { _ in }
  ) {
    let object = allocated(nftnl_chain_alloc())
    defer { nftnl_chain_free(object) }
    nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_TABLE.rawValue), place.table)
    nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_NAME.rawValue), name)
    fill(object)
    addObject(type, place.number, flags: flags, step: place.step) {
      nftnl_chain_nlmsg_build_payload($0, object)
    }
  }
}

extension Hook {
  /// linux/netfilter.h, `enum nf_inet_hooks`.
  var number: UInt32 {
    switch self {
    case .prerouting: UInt32(NF_INET_PRE_ROUTING.rawValue)
    case .forward: UInt32(NF_INET_FORWARD.rawValue)
    case .input: UInt32(NF_INET_LOCAL_IN.rawValue)
    case .output: UInt32(NF_INET_LOCAL_OUT.rawValue)
    case .postrouting: UInt32(NF_INET_POST_ROUTING.rawValue)
    }
  }
}
