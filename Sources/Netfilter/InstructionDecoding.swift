import CNetfilter
import NetSets

/// libnftnl's expressions to instructions.
extension Instruction {
  /// - Parameters:
  ///   - expression: as the kernel lists it.
  ///   - anonymous: the protocols of the sets without a name of their own.
  /// - Returns: nil when it is none that we write.
  init?(_ expression: OpaquePointer, anonymous: [String: [UInt8]]) {
    let fields = Fields(expression)
    switch fields.string(NFTNL_EXPR_NAME) {
    case "ct":
      guard fields.number(NFTNL_EXPR_CT_KEY) == UInt32(NFT_CT_STATE.rawValue),
        let register = fields.number(NFTNL_EXPR_CT_DREG)
      else { return nil }
      self = .load(.connectionState, register: register)
    case "meta":
      guard let key = fields.number(NFTNL_EXPR_META_KEY),
        let source = Source.metaKeys.first(where: { $0.key == key })?.source,
        let register = fields.number(NFTNL_EXPR_META_DREG)
      else { return nil }
      self = .load(source, register: register)
    case "fib":
      guard let result = fields.number(NFTNL_EXPR_FIB_RESULT),
        let flags = fields.number(NFTNL_EXPR_FIB_FLAGS),
        let question = RouteQuestion.allCases.first(where: {
          $0.result == result && $0.flags == flags
        }), let register = fields.number(NFTNL_EXPR_FIB_DREG)
      else { return nil }
      self = .load(.route(question), register: register)
    case "payload":
      guard let register = fields.number(NFTNL_EXPR_PAYLOAD_DREG),
        let offset = fields.number(NFTNL_EXPR_PAYLOAD_OFFSET).map({ Int($0) }),
        let length = fields.number(NFTNL_EXPR_PAYLOAD_LEN).map({ Int($0) })
      else { return nil }
      switch fields.number(NFTNL_EXPR_PAYLOAD_BASE) {
      case UInt32(NFT_PAYLOAD_LL_HEADER.rawValue):
        self = .load(.link(offset: offset, length: length), register: register)
      case UInt32(NFT_PAYLOAD_NETWORK_HEADER.rawValue):
        self = .load(.network(offset: offset, length: length), register: register)
      case UInt32(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue):
        self = .load(.transport(offset: offset, length: length), register: register)
      default: return nil
      }
    case "bitwise":
      guard fields.number(NFTNL_EXPR_BITWISE_SREG) == Register.first,
        fields.number(NFTNL_EXPR_BITWISE_DREG) == Register.first,
        fields.number(NFTNL_EXPR_BITWISE_OP) ?? 0 == 0,  // `NFT_BITWISE_BOOL`
        let mask = fields.bytes(NFTNL_EXPR_BITWISE_MASK),
        let flipped = fields.bytes(NFTNL_EXPR_BITWISE_XOR), flipped.allSatisfy({ $0 == 0 })
      else { return nil }
      self = .mask(mask)
    case "cmp":
      guard fields.number(NFTNL_EXPR_CMP_SREG) == Register.first,
        let number = fields.number(NFTNL_EXPR_CMP_OP),
        let comparison = Comparison(number: number), let bytes = fields.bytes(NFTNL_EXPR_CMP_DATA)
      else { return nil }
      self = .compare(comparison, bytes)
    case "range":
      guard fields.number(NFTNL_EXPR_RANGE_SREG) == Register.first,
        fields.number(NFTNL_EXPR_RANGE_OP) == UInt32(NFT_RANGE_NEQ.rawValue),
        let lower = fields.bytes(NFTNL_EXPR_RANGE_FROM_DATA),
        let upper = fields.bytes(NFTNL_EXPR_RANGE_TO_DATA)
      else { return nil }
      self = .outside(lower: lower, upper: upper)
    case "lookup":
      guard fields.number(NFTNL_EXPR_LOOKUP_SREG) == Register.first,
        let flags = Optional(fields.number(NFTNL_EXPR_LOOKUP_FLAGS) ?? 0),
        flags & ~UInt32(NFT_LOOKUP_F_INV.rawValue) == 0,
        let set = fields.string(NFTNL_EXPR_LOOKUP_SET)
      else { return nil }
      if let register = fields.number(NFTNL_EXPR_LOOKUP_DREG) {
        guard register == UInt32(NFT_REG_VERDICT.rawValue), flags == 0 else { return nil }
        self = .lookupVerdict(map: set)
      } else {
        self = .lookup(
          anonymous[set].map { .protocols($0) } ?? .named(set), inverted: flags != 0)
      }
    case "dynset":
      guard fields.number(NFTNL_EXPR_DYNSET_OP) == UInt32(NFT_DYNSET_OP_UPDATE.rawValue),
        fields.number(NFTNL_EXPR_DYNSET_SREG_KEY) == Register.first,
        fields.number(NFTNL_EXPR_DYNSET_SREG_DATA) == nil,
        fields.long(NFTNL_EXPR_DYNSET_TIMEOUT) ?? 0 == 0,
        let set = fields.string(NFTNL_EXPR_DYNSET_SET_NAME),
        let inner = fields.expression(NFTNL_EXPR_DYNSET_EXPR),
        Instruction(inner, anonymous: [:]) == .counter
      else { return nil }
      self = .update(set: set)
    case "counter": self = .counter
    case "objref":
      guard fields.number(NFTNL_EXPR_OBJREF_IMM_TYPE) == UInt32(NFT_OBJECT_COUNTER),
        let name = fields.string(NFTNL_EXPR_OBJREF_IMM_NAME)
      else { return nil }
      self = .namedCounter(name)
    case "limit":
      guard fields.long(NFTNL_EXPR_LIMIT_UNIT) == 1,
        fields.number(NFTNL_EXPR_LIMIT_TYPE) ?? 0 == UInt32(NFT_LIMIT_PKTS.rawValue),
        fields.number(NFTNL_EXPR_LIMIT_FLAGS) ?? 0 == 0,
        let rate = fields.long(NFTNL_EXPR_LIMIT_RATE),
        let burst = fields.number(NFTNL_EXPR_LIMIT_BURST)
      else { return nil }
      self = .limit(perSecond: rate, burst: burst)
    case "log":
      guard fields.number(NFTNL_EXPR_LOG_SNAPLEN) ?? 0 == 0,
        fields.short(NFTNL_EXPR_LOG_QTHRESHOLD) ?? 0 == 0,
        let prefix = fields.string(NFTNL_EXPR_LOG_PREFIX),
        let group = fields.short(NFTNL_EXPR_LOG_GROUP)
      else { return nil }
      self = .log(prefix: prefix, group: group)
    case "immediate" where fields.bytes(NFTNL_EXPR_IMM_DATA) != nil:
      guard let bytes = fields.bytes(NFTNL_EXPR_IMM_DATA),
        let register = fields.number(NFTNL_EXPR_IMM_DREG)
      else { return nil }
      self = .constant(bytes, register: register)
    case "immediate":
      guard fields.number(NFTNL_EXPR_IMM_DREG) == UInt32(NFT_REG_VERDICT.rawValue),
        let number = fields.number(NFTNL_EXPR_IMM_VERDICT),
        let verdict = VerdictCode(
          number: Int32(bitPattern: number), chain: fields.string(NFTNL_EXPR_IMM_CHAIN))
      else { return nil }
      self = .verdict(verdict)
    case "reject":
      guard let type = fields.number(NFTNL_EXPR_REJECT_TYPE) else { return nil }
      // The kernel has no code for a TCP reset.
      self = .reject(type: type, code: fields.byte(NFTNL_EXPR_REJECT_CODE) ?? 0)
    case "masq":
      self = .masquerade(
        ports: PortRegisters(
          fields.number(NFTNL_EXPR_MASQ_REG_PROTO_MIN),
          fields.number(NFTNL_EXPR_MASQ_REG_PROTO_MAX)),
        flags: fields.number(NFTNL_EXPR_MASQ_FLAGS) ?? 0)
    case "nat":
      guard fields.number(NFTNL_EXPR_NAT_TYPE) == UInt32(NFT_NAT_SNAT.rawValue),
        let number = fields.number(NFTNL_EXPR_NAT_FAMILY),
        let family = IPFamily.allCases.first(where: { UInt32($0.number) == number }),
        fields.number(NFTNL_EXPR_NAT_REG_ADDR_MIN) == Register.first,
        // The kernel lists the end of a range of one as its start.
        fields.number(NFTNL_EXPR_NAT_REG_ADDR_MAX) ?? Register.first == Register.first
      else { return nil }
      self = .translateSource(
        family,
        ports: PortRegisters(
          fields.number(NFTNL_EXPR_NAT_REG_PROTO_MIN),
          fields.number(NFTNL_EXPR_NAT_REG_PROTO_MAX)),
        // The kernel adds that there is an address.
        flags: (fields.number(NFTNL_EXPR_NAT_FLAGS) ?? 0) & ~UInt32(NF_NAT_RANGE_MAP_IPS))
    default: return nil
    }
  }
}

extension Instruction.PortRegisters {
  fileprivate init?(_ lower: UInt32?, _ upper: UInt32?) {
    guard let lower, let upper else { return nil }
    self.init(lower: lower, upper: upper)
  }
}

/// The attributes of an expression, nil where they are not set.
private struct Fields {
  private let expression: OpaquePointer

  init(_ expression: OpaquePointer) { self.expression = expression }

  private func has(_ attribute: Int) -> Bool { nftnl_expr_is_set(expression, UInt16(attribute)) }

  func byte(_ attribute: Int) -> UInt8? {
    has(attribute) ? nftnl_expr_get_u8(expression, UInt16(attribute)) : nil
  }

  func short(_ attribute: Int) -> UInt16? {
    has(attribute) ? nftnl_expr_get_u16(expression, UInt16(attribute)) : nil
  }

  func number(_ attribute: Int) -> UInt32? {
    has(attribute) ? nftnl_expr_get_u32(expression, UInt16(attribute)) : nil
  }

  func long(_ attribute: Int) -> UInt64? {
    has(attribute) ? nftnl_expr_get_u64(expression, UInt16(attribute)) : nil
  }

  func string(_ attribute: Int) -> String? {
    guard has(attribute) || attribute == NFTNL_EXPR_NAME else { return nil }
    return nftnl_expr_get_str(expression, UInt16(attribute)).map { String(cString: $0) }
  }

  func bytes(_ attribute: Int) -> [UInt8]? {
    var length: UInt32 = 0
    guard has(attribute), let start = nftnl_expr_get(expression, UInt16(attribute), &length)
    else { return nil }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(length)))
  }

  func expression(_ attribute: Int) -> OpaquePointer? {
    var length: UInt32 = 0
    guard has(attribute) else { return nil }
    return nftnl_expr_get(expression, UInt16(attribute), &length).map { OpaquePointer($0) }
  }
}

extension Instruction.Comparison {
  fileprivate init?(number: UInt32) {
    let all: [Self] = [.equal, .notEqual, .atLeast, .atMost]
    guard let known = all.first(where: { $0.number == number }) else { return nil }
    self = known
  }
}

extension VerdictCode {
  init?(number: Int32, chain: String?) {
    let known: [VerdictCode] =
      if let chain { [.jump(chain), .goto(chain)] } else { [.accept, .drop, .return] }
    guard let verdict = known.first(where: { $0.number == number }) else { return nil }
    self = verdict
  }
}
