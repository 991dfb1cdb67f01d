import CNetfilter
import NetSets
import Nftables

extension Batch {
  /// The bridge table, which is made anew or goes.
  mutating func add(_ change: Transaction.BridgeStep, table: String, step: Int) {
    let place = Place(table: table, family: .ipv4, step: step, isBridge: true)
    switch change {
    case .delete: addTable(NFT_MSG_DELTABLE, place, comment: nil)
    case .replace(let new):
      // Adding a table is no error when it is there, as deleting one is when it is not.
      addTable(NFT_MSG_NEWTABLE, place, comment: nil, flags: NLM_F_CREATE)
      addTable(NFT_MSG_DELTABLE, place, comment: nil)
      addTable(NFT_MSG_NEWTABLE, place, comment: new.comment, flags: NLM_F_CREATE)
      add(new, place)
    }
  }

  private mutating func add(_ bridge: BridgeTable, _ place: Place) {
    addCounter(
      NFT_MSG_NEWOBJ, BridgeTable.counter.name, place, comment: BridgeTable.counter.comment,
      flags: Batch.create)
    addSet(BridgeTable.portSet, .port, BridgeTable.portSetComment, bridge.ports, place) {
      $0.put(NFTA_DATA_VALUE.rawValue, $1.portBytes)
    }
    for family in IPFamily.allCases {
      let place = Place(table: place.table, family: family, step: place.step, isBridge: true)
      let senders = bridge.senders.filter { $0.address.family == family }
      addSet(
        BridgeTable.senderSet(family), .sender, BridgeTable.senderSetComment(family), senders,
        place
      ) { $0.put(NFTA_DATA_VALUE.rawValue, $1.bytes) }
    }
    for chain in BridgeChain.allCases {
      // All of IP's hooks before and after routing have the numbers that those of bridges have
      // (linux/netfilter_bridge.h, `NF_BR_PRE_ROUTING`).
      let base =
        chain == .hook ? BaseChain(hook: .prerouting, priority: BridgeChain.priority) : nil
      addChain(Chain(name: chain.rawValue, comment: chain.comment, base: base), place)
    }
    for chain in BridgeChain.allCases {
      for rule in bridge.rules(of: chain) {
        addRule(rule.instructions, comment: nil, chain: chain.rawValue, nil, place)
      }
    }
  }

  private mutating func addSet<Element>(
    _ name: String, _ keys: SetKeys, _ comment: String, _ elements: [Element], _ place: Place,
    _ write: (inout MessageWriter, Element) -> Void
  ) {
    addSet(name, keys, place, userData: UserData.bytes(set: keys, comment: comment)) { _ in [] }
    addElements(NFT_MSG_NEWSETELEM, elements, set: name, place, flags: Batch.create) {
      message, element in
      message.nest(NFTA_LIST_ELEM.rawValue) { $0.putKey { write(&$0, element) } }
    }
  }
}
