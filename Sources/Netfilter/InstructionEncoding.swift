import CNetfilter

/// Instructions to the kernel's expressions, each a name with attributes of its own
/// (linux/netfilter/nf_tables.h).
extension MessageWriter {
  /// - Parameter setID: of the set of protocols that the batch makes for this instruction.
  mutating func put(_ instruction: Instruction, setID: UInt32? = nil) {
    switch instruction {
    case .load(let source, let register): put(source, register)
    case .mask(let mask):
      expression("bitwise") {
        $0.put(NFTA_BITWISE_SREG.rawValue, number: Register.first)
        $0.put(NFTA_BITWISE_DREG.rawValue, number: Register.first)
        $0.put(NFTA_BITWISE_LEN.rawValue, number: UInt32(mask.count))
        $0.put(NFTA_BITWISE_MASK.rawValue, value: mask)
        $0.put(NFTA_BITWISE_XOR.rawValue, value: Array(repeating: 0, count: mask.count))
      }
    case .compare(let comparison, let bytes):
      expression("cmp") {
        $0.put(NFTA_CMP_SREG.rawValue, number: Register.first)
        $0.put(NFTA_CMP_OP.rawValue, number: comparison.number)
        $0.put(NFTA_CMP_DATA.rawValue, value: bytes)
      }
    case .outside(let lower, let upper):
      expression("range") {
        $0.put(NFTA_RANGE_SREG.rawValue, number: Register.first)
        $0.put(NFTA_RANGE_OP.rawValue, number: UInt32(NFT_RANGE_NEQ.rawValue))
        $0.put(NFTA_RANGE_FROM_DATA.rawValue, value: lower)
        $0.put(NFTA_RANGE_TO_DATA.rawValue, value: upper)
      }
    case .lookup(.named(let set), let inverted): putLookup(set, inverted: inverted)
    case .lookup(.protocols, let inverted):
      putLookup(AnonymousSet.template, setID: setID, inverted: inverted)
    case .lookupVerdict(let map): putLookup(map, result: UInt32(NFT_REG_VERDICT.rawValue))
    case .update(let set):
      expression("dynset") {
        $0.put(NFTA_DYNSET_SET_NAME.rawValue, text: set)
        $0.put(NFTA_DYNSET_OP.rawValue, number: UInt32(NFT_DYNSET_OP_UPDATE.rawValue))
        $0.put(NFTA_DYNSET_SREG_KEY.rawValue, number: Register.first)
        $0.nest(NFTA_DYNSET_EXPR.rawValue) { $0.putCounter() }
      }
    case .counter: nest(NFTA_LIST_ELEM.rawValue) { $0.putCounter() }
    case .namedCounter(let name):
      expression("objref") {
        $0.put(NFTA_OBJREF_IMM_TYPE.rawValue, number: UInt32(NFT_OBJECT_COUNTER))
        $0.put(NFTA_OBJREF_IMM_NAME.rawValue, text: name)
      }
    case .limit(let perSecond, let burst):
      expression("limit") {
        $0.put(NFTA_LIMIT_RATE.rawValue, number: perSecond)
        $0.put(NFTA_LIMIT_UNIT.rawValue, number: UInt64(1))
        $0.put(NFTA_LIMIT_BURST.rawValue, number: burst)
        $0.put(NFTA_LIMIT_TYPE.rawValue, number: UInt32(NFT_LIMIT_PKTS.rawValue))
        $0.put(NFTA_LIMIT_FLAGS.rawValue, number: UInt32(0))
      }
    case .log(let prefix, let group):
      expression("log") {
        $0.put(NFTA_LOG_PREFIX.rawValue, text: prefix)
        $0.put(NFTA_LOG_GROUP.rawValue, number: group)
      }
    case .verdict(let verdict):
      expression("immediate") {
        $0.put(NFTA_IMMEDIATE_DREG.rawValue, number: UInt32(NFT_REG_VERDICT.rawValue))
        $0.nest(NFTA_IMMEDIATE_DATA.rawValue) { $0.put(verdict) }
      }
    case .reject(let type, let code):
      expression("reject") {
        $0.put(NFTA_REJECT_TYPE.rawValue, number: type)
        $0.put(NFTA_REJECT_ICMP_CODE.rawValue, number: code)
      }
    case .constant(let bytes, let register):
      expression("immediate") {
        $0.put(NFTA_IMMEDIATE_DREG.rawValue, number: register)
        $0.put(NFTA_IMMEDIATE_DATA.rawValue, value: bytes)
      }
    case .trace:
      expression("meta") {
        $0.put(NFTA_META_KEY.rawValue, number: UInt32(NFT_META_NFTRACE.rawValue))
        $0.put(NFTA_META_SREG.rawValue, number: Register.first)
      }
    case .masquerade(let ports, let flags):
      expression("masq") {
        if flags != 0 { $0.put(NFTA_MASQ_FLAGS.rawValue, number: flags) }
        guard let ports else { return }
        $0.put(NFTA_MASQ_REG_PROTO_MIN.rawValue, number: ports.lower)
        $0.put(NFTA_MASQ_REG_PROTO_MAX.rawValue, number: ports.upper)
      }
    case .translateSource(let family, let ports, let flags):
      expression("nat") {
        $0.put(NFTA_NAT_TYPE.rawValue, number: UInt32(NFT_NAT_SNAT.rawValue))
        $0.put(NFTA_NAT_FAMILY.rawValue, number: UInt32(family.number))
        $0.put(NFTA_NAT_REG_ADDR_MIN.rawValue, number: Register.first)
        if flags != 0 { $0.put(NFTA_NAT_FLAGS.rawValue, number: flags) }
        guard let ports else { return }
        $0.put(NFTA_NAT_REG_PROTO_MIN.rawValue, number: ports.lower)
        $0.put(NFTA_NAT_REG_PROTO_MAX.rawValue, number: ports.upper)
      }
    }
  }

  private mutating func put(_ source: Instruction.Source, _ register: UInt32) {
    switch source {
    case .connectionState:
      expression("ct") {
        $0.put(NFTA_CT_KEY.rawValue, number: UInt32(NFT_CT_STATE.rawValue))
        $0.put(NFTA_CT_DREG.rawValue, number: register)
      }
    case .layer4, .etherType, .interfaceName:
      guard let key = Instruction.Source.metaKeys.first(where: { $0.source == source })?.key else {
        preconditionFailure("every source of meta has a key")
      }
      expression("meta") {
        $0.put(NFTA_META_KEY.rawValue, number: key)
        $0.put(NFTA_META_DREG.rawValue, number: register)
      }
    case .route(let question):
      expression("fib") {
        $0.put(NFTA_FIB_DREG.rawValue, number: register)
        $0.put(NFTA_FIB_RESULT.rawValue, number: question.result)
        $0.put(NFTA_FIB_FLAGS.rawValue, number: question.flags)
      }
    case .link(let offset, let length):
      putPayload(NFT_PAYLOAD_LL_HEADER, offset, length, register)
    case .network(let offset, let length):
      putPayload(NFT_PAYLOAD_NETWORK_HEADER, offset, length, register)
    case .transport(let offset, let length):
      putPayload(NFT_PAYLOAD_TRANSPORT_HEADER, offset, length, register)
    }
  }

  private mutating func putPayload(
    _ base: nft_payload_bases, _ offset: Int, _ length: Int, _ register: UInt32
  ) {
    expression("payload") {
      $0.put(NFTA_PAYLOAD_DREG.rawValue, number: register)
      $0.put(NFTA_PAYLOAD_BASE.rawValue, number: UInt32(base.rawValue))
      $0.put(NFTA_PAYLOAD_OFFSET.rawValue, number: UInt32(offset))
      $0.put(NFTA_PAYLOAD_LEN.rawValue, number: UInt32(length))
    }
  }

  private mutating func putLookup(
    _ set: String, setID: UInt32? = nil, result: UInt32? = nil, inverted: Bool = false
  ) {
    expression("lookup") {
      $0.put(NFTA_LOOKUP_SREG.rawValue, number: Register.first)
      if let result { $0.put(NFTA_LOOKUP_DREG.rawValue, number: result) }
      $0.put(NFTA_LOOKUP_SET.rawValue, text: set)
      if let setID { $0.put(NFTA_LOOKUP_SET_ID.rawValue, number: setID) }
      if inverted {
        $0.put(NFTA_LOOKUP_FLAGS.rawValue, number: UInt32(NFT_LOOKUP_F_INV.rawValue))
      }
    }
  }

  private mutating func putCounter() {
    put(NFTA_EXPR_NAME.rawValue, text: "counter")
    nest(NFTA_EXPR_DATA.rawValue) {
      $0.put(NFTA_COUNTER_BYTES.rawValue, number: UInt64(0))
      $0.put(NFTA_COUNTER_PACKETS.rawValue, number: UInt64(0))
    }
  }

  private mutating func expression(_ name: String, _ body: (inout MessageWriter) -> Void) {
    nest(NFTA_LIST_ELEM.rawValue) {
      $0.put(NFTA_EXPR_NAME.rawValue, text: name)
      $0.nest(NFTA_EXPR_DATA.rawValue, body)
    }
  }

  private mutating func put(_ type: some BinaryInteger, value: [UInt8]) {
    nest(type) { $0.put(NFTA_DATA_VALUE.rawValue, value) }
  }
}

extension Instruction.Comparison {
  /// `enum nft_cmp_ops`
  var number: UInt32 {
    switch self {
    case .equal: UInt32(NFT_CMP_EQ.rawValue)
    case .notEqual: UInt32(NFT_CMP_NEQ.rawValue)
    case .atLeast: UInt32(NFT_CMP_GTE.rawValue)
    case .atMost: UInt32(NFT_CMP_LTE.rawValue)
    }
  }
}

extension VerdictCode {
  var number: Int32 {
    switch self {
    case .accept: NF_ACCEPT
    case .drop: NF_DROP
    case .return: NFT_RETURN.rawValue
    case .jump: NFT_JUMP.rawValue
    case .goto: NFT_GOTO.rawValue
    }
  }

  var chain: String? {
    switch self {
    case .accept, .drop, .return: nil
    case .jump(let chain), .goto(let chain): chain
    }
  }
}

/// What libnftnl allocates; it fails where there is no memory at all.
func allocated(_ object: OpaquePointer?) -> OpaquePointer {
  guard let object else { fatalError("out of memory") }
  return object
}
