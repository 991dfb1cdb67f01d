import CNetfilter
import NetSets
import Nftables

extension TableListing {
  /// What a listing of family `bridge` says. Objects that are missing have nothing in them; any
  /// that we never write is foreign.
  func readBridge() throws(KernelFailure) -> BridgeTable {
    let table = try readTable()
    for counter in try readCounters() where counter.name != BridgeTable.counter.name {
      throw foreign("counter \(counter.name)")
    }
    var ports: [String] = []
    var senders: [SenderKey] = []
    try sets.visit { message throws(KernelFailure) in
      let object = allocated(nftnl_set_alloc())
      defer { nftnl_set_free(object) }
      guard nftnl_set_nlmsg_parse(message.pointer, object) >= 0,
        let name = nftnl_set_get_str(object, UInt16(NFTNL_SET_NAME.rawValue))
          .map({ String(cString: $0) })
      else { throw foreign("a set that cannot be read") }
      let set = SetDeclaration(object, name: name)
      let unknown = foreign("set \(name) of a type or with elements that netpolc does not write,")
      guard set.flags == 0, set.size == 0 else { throw unknown }
      let elements = try elements(of: name)
      if name == BridgeTable.portSet, set.is(.port, .ipv4) {
        ports = elements.compactMap { String(portBytes: $0.key) }
        try checkOnce(Set(ports).count, of: elements.count)
        return
      }
      guard
        let family = IPFamily.allCases.first(where: {
          name == BridgeTable.senderSet($0) && set.is(.sender, $0)
        })
      else { throw unknown }
      let read = elements.compactMap { SenderKey(keyBytes: $0.key, family: family) }
      try checkOnce(Set(read).count, of: elements.count)
      senders += read
    }
    let rules = try readBridgeRules()
    for chain in try readChains([:]) {
      guard let known = BridgeChain(rawValue: chain.name) else {
        throw foreign("chain \(chain.name)")
      }
      let base = BaseChain(hook: .prerouting, priority: BridgeChain.priority)
      guard chain.base == (known == .hook ? base : nil) else {
        throw foreign("chain \(chain.name) of another type or hook")
      }
    }
    return BridgeTable(
      name: table.name, comment: table.comment, ports: ports, senders: senders, rules: rules)
  }

  private func readBridgeRules() throws(KernelFailure) -> [BridgeChain: [BridgeRule]] {
    var read: [BridgeChain: [BridgeRule]] = [:]
    try rules.visit { message throws(KernelFailure) in
      let rule = try readInstructions(message, anonymous: [:])
      guard let chain = BridgeChain(rawValue: rule.chain),
        let known = rule.code.flatMap({ BridgeRule($0) })
      else { throw foreignRule(rule.handle, rule.chain) }
      read[chain, default: []].append(known)
    }
    return read
  }
}

extension SenderKey {
  init?(keyBytes bytes: [UInt8], family: IPFamily) {
    guard bytes.count == InterfaceName.bytes + 8 + family.width / 8,
      let port = String(portBytes: Array(bytes.prefix(InterfaceName.bytes))),
      let hardware = HardwareAddress(bytes: bytes.dropFirst(InterfaceName.bytes).prefix(6)),
      let address = IPAddress(
        keyBytes: Array(bytes.dropFirst(InterfaceName.bytes + 8)), family: family)
    else { return nil }
    self.init(port: port, hardware: hardware, address: address)
  }
}
