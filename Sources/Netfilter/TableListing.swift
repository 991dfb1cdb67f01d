import CNetfilter
import NetSets
import Nftables

/// What the kernel said of one table, before anything is made of it.
struct TableListing {
  /// nil for family `bridge`.
  let family: IPFamily?
  let name: String
  var table = Messages()
  var chains = Messages()
  var objects = Messages()
  var sets = Messages()
  /// By set.
  var elements: [String: Messages] = [:]
  var rules = Messages()

  init(family: IPFamily?, name: String) {
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

  /// The table of a family of IP, and the handles of each chain's rules.
  func read(_ family: IPFamily) throws(KernelFailure) -> (
    table: Table, handles: [String: [RuleHandle]]
  ) {
    let declared = try readTable()
    var result = Table(family: family, name: declared.name, comment: declared.comment)
    result.counters = try readCounters()
    let read = try readSets(family)
    result.maps = read.maps
    result.sets = read.sets
    var rules: [String: [Rule]] = [:]
    var handles: [String: [RuleHandle]] = [:]
    try self.rules.visit { message throws(KernelFailure) in
      let read = try readRule(message, family, anonymous: read.anonymous)
      rules[read.chain, default: []].append(read.rule)
      handles[read.chain, default: []].append(read.handle)
    }
    result.chains = try readChains(rules)
    for chain in result.chains where handles[chain.name] == nil { handles[chain.name] = [] }
    return (result, handles)
  }

  /// Something that we never write.
  func foreign(_ what: String) -> KernelFailure {
    .foreign("\(what) in table \(family?.nftName ?? "bridge") \(name)")
  }

  func readTable() throws(KernelFailure) -> (name: String, comment: String?) {
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
    return (name, comment)
  }

  func readCounters() throws(KernelFailure) -> [NamedCounter] {
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

  func readChains(_ rules: [String: [Rule]]) throws(KernelFailure) -> [Chain] {
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
    _ message: Message, _ family: IPFamily, anonymous: [String: [UInt8]]
  ) throws(KernelFailure) -> (chain: String, rule: Rule, handle: RuleHandle) {
    let read = try readInstructions(message, anonymous: anonymous)
    guard let code = read.code,
      let rule = RuleReader.rule(code, comment: read.comment, family: family)
    else { throw foreignRule(read.handle, read.chain) }
    return (read.chain, rule, read.handle)
  }

  /// A rule as the kernel has it.
  struct ReadRule {
    let chain: String
    let handle: RuleHandle
    let comment: String?
    /// nil when there is an instruction that we never write.
    let code: [Instruction]?
  }

  func readInstructions(
    _ message: Message, anonymous: [String: [UInt8]]
  ) throws(KernelFailure) -> ReadRule {
    let handle = message.attribute(NFTA_RULE_HANDLE.rawValue)?.number ?? 0
    let chain = message.attribute(NFTA_RULE_CHAIN.rawValue)?.string ?? ""
    let object = allocated(nftnl_rule_alloc())
    defer { nftnl_rule_free(object) }
    guard nftnl_rule_nlmsg_parse(message.pointer, object) >= 0 else {
      throw foreignRule(handle, chain)
    }
    let iterator = allocated(nftnl_expr_iter_create(object))
    defer { nftnl_expr_iter_destroy(iterator) }
    var code: [Instruction]? = []
    while code != nil, let expression = nftnl_expr_iter_next(iterator) {
      if let instruction = Instruction(expression, anonymous: anonymous) {
        code?.append(instruction)
      } else {
        code = nil
      }
    }
    let userData = borrowed {
      nftnl_rule_get_data(object, UInt16(NFTNL_RULE_USERDATA.rawValue), &$0)
    }
    return ReadRule(
      chain: chain, handle: handle, comment: UserData.comment(in: userData), code: code)
  }

  func foreignRule(_ handle: RuleHandle, _ chain: String) -> KernelFailure {
    foreign("a rule that netpolc does not write, handle \(handle) of chain \(chain)")
  }
}

/// A copy of what libnftnl lends.
func borrowed(_ get: (inout UInt32) -> UnsafeRawPointer?) -> [UInt8] {
  var length: UInt32 = 0
  guard let start = get(&length) else { return [] }
  return Array(UnsafeRawBufferPointer(start: start, count: Int(length)))
}
