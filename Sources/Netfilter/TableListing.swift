import CNetfilter
import NetSets
import Nftables

/// What the kernel said of one table, before anything is made of it.
struct TableListing {
  let family: IPFamily
  let name: String
  var table = Messages()
  var chains = Messages()
  var objects = Messages()
  var sets = Messages()
  /// By set.
  var elements: [String: Messages] = [:]
  var rules = Messages()

  init(family: IPFamily, name: String) {
    self.family = family
    self.name = name
  }

  /// The sets whose elements are worth listing: not those that the kernel fills by itself.
  var setsWithElements: [String] {
    sets.map { message in
      let flags = message.attribute(NFTA_SET_FLAGS.rawValue)?.number ?? 0
      guard flags & UInt64(NFT_SET_EVAL.rawValue) == 0 else { return nil }
      return message.attribute(NFTA_SET_NAME.rawValue)?.string
    }.compactMap { $0 }
  }

  /// The table, and the handles of each chain's rules.
  func read() throws(KernelFailure) -> (table: Table, handles: [String: [RuleHandle]]) {
    var result = try readTable()
    result.counters = try readCounters()
    let read = try readSets()
    result.maps = read.maps
    result.sets = read.sets
    var rules: [String: [Rule]] = [:]
    var handles: [String: [RuleHandle]] = [:]
    try self.rules.visit { message throws(KernelFailure) in
      let read = try readRule(message, anonymous: read.anonymous)
      rules[read.chain, default: []].append(read.rule)
      handles[read.chain, default: []].append(read.handle)
    }
    result.chains = try readChains(rules)
    for chain in result.chains where handles[chain.name] == nil { handles[chain.name] = [] }
    return (result, handles)
  }

  /// Something that we never write.
  func foreign(_ what: String) -> KernelFailure {
    .foreign("\(what) in table \(family.nftName) \(name)")
  }

  private func readTable() throws(KernelFailure) -> Table {
    var comment: String?
    try table.visit { message throws(KernelFailure) in
      let object = allocated(nftnl_table_alloc())
      defer { nftnl_table_free(object) }
      guard nftnl_table_nlmsg_parse(message.pointer, object) >= 0 else {
        throw foreign("an answer that cannot be read")
      }
      let flags = nftnl_table_get_u32(object, UInt16(NFTNL_TABLE_FLAGS.rawValue))
      guard flags == 0 else { throw foreign("flags (0x\(String(flags, radix: 16)))") }
      comment = UserData.comment(
        in: borrowed { nftnl_table_get_data(object, UInt16(NFTNL_TABLE_USERDATA.rawValue), &$0) })
    }
    return Table(family: family, name: name, comment: comment)
  }

  private func readCounters() throws(KernelFailure) -> [NamedCounter] {
    try objects.map { message throws(KernelFailure) in
      let object = allocated(nftnl_obj_alloc())
      defer { nftnl_obj_free(object) }
      guard nftnl_obj_nlmsg_parse(message.pointer, object) >= 0,
        let name = nftnl_obj_get_str(object, UInt16(NFTNL_OBJ_NAME)).map({ String(cString: $0) })
      else { throw foreign("an object that cannot be read") }
      guard nftnl_obj_get_u32(object, UInt16(NFTNL_OBJ_TYPE)) == UInt32(NFT_OBJECT_COUNTER) else {
        throw foreign("object \(name), which is no counter,")
      }
      let userData = borrowed { nftnl_obj_get_data(object, UInt16(NFTNL_OBJ_USERDATA), &$0) }
      return NamedCounter(name: name, comment: UserData.comment(in: userData))
    }
  }

  private func readChains(_ rules: [String: [Rule]]) throws(KernelFailure) -> [Chain] {
    try chains.map { message throws(KernelFailure) in
      let object = allocated(nftnl_chain_alloc())
      defer { nftnl_chain_free(object) }
      guard nftnl_chain_nlmsg_parse(message.pointer, object) >= 0,
        let name = nftnl_chain_get_str(object, UInt16(NFTNL_CHAIN_NAME.rawValue))
          .map({ String(cString: $0) })
      else { throw foreign("a chain that cannot be read") }
      let userData = borrowed {
        nftnl_chain_get_data(object, UInt16(NFTNL_CHAIN_USERDATA.rawValue), &$0)
      }
      return Chain(
        name: name, comment: UserData.comment(in: userData), base: try readBase(object, name),
        rules: rules[name] ?? [])
    }
  }

  private func readBase(_ chain: OpaquePointer, _ name: String) throws(KernelFailure) -> BaseChain?
  {
    func has(_ attribute: nftnl_chain_attr) -> Bool {
      nftnl_chain_is_set(chain, UInt16(attribute.rawValue))
    }
    guard has(NFTNL_CHAIN_HOOKNUM) else { return nil }
    let number = nftnl_chain_get_u32(chain, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue))
    let type = nftnl_chain_get_str(chain, UInt16(NFTNL_CHAIN_TYPE.rawValue))
      .map { String(cString: $0) }
    guard let hook = Hook.allCases.first(where: { $0.number == number }),
      let type = type.flatMap(ChainType.init(rawValue:)),
      type == .filter || hook == .postrouting
    else { throw foreign("chain \(name) of another type or hook") }
    guard
      nftnl_chain_get_u32(chain, UInt16(NFTNL_CHAIN_POLICY.rawValue)) == UInt32(NF_ACCEPT)
    else { throw foreign("chain \(name) with a policy other than accept") }
    let priority = nftnl_chain_get_s32(chain, UInt16(NFTNL_CHAIN_PRIO.rawValue))
    return BaseChain(type: type, hook: hook, priority: Int(priority))
  }

  private func readRule(
    _ message: Message, anonymous: [String: [UInt8]]
  ) throws(KernelFailure) -> (chain: String, rule: Rule, handle: RuleHandle) {
    let handle = message.attribute(NFTA_RULE_HANDLE.rawValue)?.number ?? 0
    let chain = message.attribute(NFTA_RULE_CHAIN.rawValue)?.string ?? ""
    let object = allocated(nftnl_rule_alloc())
    defer { nftnl_rule_free(object) }
    let isRead = nftnl_rule_nlmsg_parse(message.pointer, object) >= 0
    let iterator = allocated(nftnl_expr_iter_create(object))
    defer { nftnl_expr_iter_destroy(iterator) }
    var code: [Instruction] = []
    var isKnown = isRead
    while isKnown, let expression = nftnl_expr_iter_next(iterator) {
      guard let instruction = Instruction(expression, anonymous: anonymous) else {
        isKnown = false
        break
      }
      code.append(instruction)
    }
    let userData = borrowed {
      nftnl_rule_get_data(object, UInt16(NFTNL_RULE_USERDATA.rawValue), &$0)
    }
    let comment = UserData.comment(in: userData)
    guard isKnown, let rule = RuleReader.rule(code, comment: comment, family: family) else {
      throw foreign("a rule that netpolc does not write, handle \(handle) of chain \(chain)")
    }
    return (chain, rule, handle)
  }
}

/// A copy of what libnftnl lends.
func borrowed(_ get: (inout UInt32) -> UnsafeRawPointer?) -> [UInt8] {
  var length: UInt32 = 0
  guard let start = get(&length) else { return [] }
  return Array(UnsafeRawBufferPointer(start: start, count: Int(length)))
}
