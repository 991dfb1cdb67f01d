import CNetfilter

/// Instructions to libnftnl's expressions.
extension Instruction {
  /// A new expression, which the caller hands to a rule or frees.
  ///
  /// - Parameter setID: of the set of protocols that the batch makes for this instruction.
  func expression(setID: UInt32) -> OpaquePointer {
    switch self {
    case .load(let source, let register): return source.expression(register)
    case .mask(let mask):
      let new = Instruction.allocate("bitwise")
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_BITWISE_SREG), Register.first)
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_BITWISE_DREG), Register.first)
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_BITWISE_LEN), UInt32(mask.count))
      set(new, NFTNL_EXPR_BITWISE_MASK, mask)
      set(new, NFTNL_EXPR_BITWISE_XOR, Array(repeating: 0, count: mask.count))
      return new
    case .compare(let comparison, let bytes):
      let new = Instruction.allocate("cmp")
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_CMP_SREG), Register.first)
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_CMP_OP), comparison.number)
      set(new, NFTNL_EXPR_CMP_DATA, bytes)
      return new
    case .outside(let lower, let upper):
      let new = Instruction.allocate("range")
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_RANGE_SREG), Register.first)
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_RANGE_OP), UInt32(NFT_RANGE_NEQ.rawValue))
      set(new, NFTNL_EXPR_RANGE_FROM_DATA, lower)
      set(new, NFTNL_EXPR_RANGE_TO_DATA, upper)
      return new
    case .lookup(.named(let name)): return lookup(name)
    case .lookup(.protocols):
      let new = lookup(AnonymousSet.template)
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_LOOKUP_SET_ID), setID)
      return new
    case .lookupVerdict(let map):
      let new = lookup(map)
      nftnl_expr_set_u32(
        new, UInt16(NFTNL_EXPR_LOOKUP_DREG), UInt32(NFT_REG_VERDICT.rawValue))
      return new
    case .update(let name):
      let new = Instruction.allocate("dynset")
      nftnl_expr_set_u32(
        new, UInt16(NFTNL_EXPR_DYNSET_OP), UInt32(NFT_DYNSET_OP_UPDATE.rawValue))
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_DYNSET_SREG_KEY), Register.first)
      nftnl_expr_set_str(new, UInt16(NFTNL_EXPR_DYNSET_SET_NAME), name)
      let counter = UnsafeRawPointer(Instruction.counter.expression(setID: 0))
      nftnl_expr_set(new, UInt16(NFTNL_EXPR_DYNSET_EXPR), counter, 0)
      return new
    case .counter:
      let new = Instruction.allocate("counter")
      nftnl_expr_set_u64(new, UInt16(NFTNL_EXPR_CTR_PACKETS), 0)
      nftnl_expr_set_u64(new, UInt16(NFTNL_EXPR_CTR_BYTES), 0)
      return new
    case .namedCounter(let name):
      let new = Instruction.allocate("objref")
      nftnl_expr_set_u32(
        new, UInt16(NFTNL_EXPR_OBJREF_IMM_TYPE), UInt32(NFT_OBJECT_COUNTER))
      nftnl_expr_set_str(new, UInt16(NFTNL_EXPR_OBJREF_IMM_NAME), name)
      return new
    case .limit(let perSecond, let burst):
      let new = Instruction.allocate("limit")
      nftnl_expr_set_u64(new, UInt16(NFTNL_EXPR_LIMIT_RATE), perSecond)
      nftnl_expr_set_u64(new, UInt16(NFTNL_EXPR_LIMIT_UNIT), 1)
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_LIMIT_BURST), burst)
      nftnl_expr_set_u32(
        new, UInt16(NFTNL_EXPR_LIMIT_TYPE), UInt32(NFT_LIMIT_PKTS.rawValue))
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_LIMIT_FLAGS), 0)
      return new
    case .log(let prefix, let group):
      let new = Instruction.allocate("log")
      nftnl_expr_set_str(new, UInt16(NFTNL_EXPR_LOG_PREFIX), prefix)
      nftnl_expr_set_u16(new, UInt16(NFTNL_EXPR_LOG_GROUP), group)
      return new
    case .verdict(let verdict):
      let new = Instruction.allocate("immediate")
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_IMM_DREG), UInt32(NFT_REG_VERDICT.rawValue))
      nftnl_expr_set_u32(
        new, UInt16(NFTNL_EXPR_IMM_VERDICT), UInt32(bitPattern: verdict.number))
      if let chain = verdict.chain {
        nftnl_expr_set_str(new, UInt16(NFTNL_EXPR_IMM_CHAIN), chain)
      }
      return new
    case .reject(let type, let code):
      let new = Instruction.allocate("reject")
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_REJECT_TYPE), type)
      nftnl_expr_set_u8(new, UInt16(NFTNL_EXPR_REJECT_CODE), code)
      return new
    }
  }

  private func lookup(_ set: String) -> OpaquePointer {
    let new = Instruction.allocate("lookup")
    nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_LOOKUP_SREG), Register.first)
    nftnl_expr_set_str(new, UInt16(NFTNL_EXPR_LOOKUP_SET), set)
    return new
  }

  private func set(_ expression: OpaquePointer, _ attribute: Int, _ bytes: [UInt8]) {
    nftnl_expr_set(expression, UInt16(attribute), bytes, UInt32(bytes.count))
  }

  fileprivate static func allocate(_ name: String) -> OpaquePointer {
    allocated(nftnl_expr_alloc(name))
  }
}

extension Instruction.Source {
  fileprivate func expression(_ register: UInt32) -> OpaquePointer {
    switch self {
    case .connectionState:
      let new = Instruction.allocate("ct")
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_CT_KEY), UInt32(NFT_CT_STATE.rawValue))
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_CT_DREG), register)
      return new
    case .layer4:
      let new = Instruction.allocate("meta")
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_META_KEY), UInt32(NFT_META_L4PROTO.rawValue))
      nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_META_DREG), register)
      return new
    case .network(let offset, let length):
      return payload(NFT_PAYLOAD_NETWORK_HEADER, offset, length, register)
    case .transport(let offset, let length):
      return payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset, length, register)
    }
  }

  private func payload(
    _ base: nft_payload_bases, _ offset: Int, _ length: Int, _ register: UInt32
  ) -> OpaquePointer {
    let new = Instruction.allocate("payload")
    nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_PAYLOAD_DREG), register)
    nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_PAYLOAD_BASE), UInt32(base.rawValue))
    nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_PAYLOAD_OFFSET), UInt32(offset))
    nftnl_expr_set_u32(new, UInt16(NFTNL_EXPR_PAYLOAD_LEN), UInt32(length))
    return new
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
