import NetSets
import Nftables

extension Rule {
  /// The rule as nft 1.0.6 compiles it (`nft --debug=netlink`).
  func instructions(_ family: IPFamily) -> [Instruction] {
    var code: [Instruction] = []
    if verdict == .rejectTCP, !matches.contains(where: \.namesTCP) {
      code += Match.layer4(.tcp).instructions(family)
    }
    for match in matches { code += match.instructions(family) }
    for statement in statements { code += statement.instructions(family) }
    if let verdict { code += verdict.instructions(family) }
    return code
  }
}

extension Match {
  /// Whether a TCP reset may follow.
  fileprivate var namesTCP: Bool {
    switch self {
    case .layer4(let layer4): layer4 == .tcp
    case .notStartOfTCP: true
    case .connectionState, .destinationPort, .layer4In, .address, .addressIn, .destinationIn,
      .icmpv6Type, .interface, .local, .sourceNotOnOutInterface, .sourceNotBehindInInterface:
      false
    }
  }

  fileprivate func instructions(_ family: IPFamily) -> [Instruction] {
    switch self {
    case .connectionState(let states):
      let bits = states.reduce(0) { $0 | $1.bit }
      return [
        .load(.connectionState, register: Register.first),
        .mask(machineBytes(bits)), .compare(.notEqual, machineBytes(0)),
      ]
    case .notStartOfTCP:
      return Match.layer4(.tcp).instructions(family) + [
        .load(TCPFlags.field, register: Register.first), .mask([TCPFlags.looked]),
        .compare(.notEqual, [TCPFlags.start]),
      ]
    case .destinationPort(let ports):
      return [.load(.destinationPort, register: Register.first)]
        + within(bigEndianBytes(ports.lowerBound), bigEndianBytes(ports.upperBound))
    case .layer4(let layer4):
      return [.load(.layer4, register: Register.first), .compare(.equal, [layer4.number])]
    case .layer4In(let protocols):
      return [
        .load(.layer4, register: Register.first),
        .lookup(.protocols(protocols.map(\.number)), inverted: false),
      ]
    case .address(let field, let range, let negated):
      return range.instructions(field, negated: negated)
    case .addressIn(let field, let set, let negated):
      return [
        .load(family.field(field), register: Register.first),
        .lookup(.named(set), inverted: negated),
      ]
    case .destinationIn(let set):
      return loads([family.field(.destination), .layer4, .destinationPort])
        + [.lookup(.named(set), inverted: false)]
    case .icmpv6Type(let types):
      return Match.layer4(.icmpv6).instructions(family)
        + [.load(.icmpv6Type, register: Register.first)]
        + within([types.lowerBound], [types.upperBound])
    case .interface(let field, let name, let negated):
      let bytes = Array(name.text.utf8)
      // The start of a name is compared alone, a whole one with the zeros that follow it.
      let padding = name.isPrefix ? 0 : InterfaceName.bytes - bytes.count
      return [
        .load(.interfaceName(field), register: Register.first),
        .compare(negated ? .notEqual : .equal, bytes + Array(repeating: 0, count: padding)),
      ]
    case .local(let field, let negated):
      return [
        .load(
          .route(field == .source ? .kindOfSource : .kindOfDestination),
          register: Register.first),
        .compare(negated ? .notEqual : .equal, Instruction.RouteQuestion.local),
      ]
    case .sourceNotOnOutInterface:
      return [
        .load(.route(.kindOfSourceOnOutInterface), register: Register.first),
        .compare(.notEqual, Instruction.RouteQuestion.local),
      ]
    case .sourceNotBehindInInterface:
      return [
        .load(.route(.isSourceBehindInInterface), register: Register.first),
        .compare(.equal, machineBytes(0)),
      ]
    }
  }
}

extension AddressRange {
  fileprivate func instructions(_ field: AddressField, negated: Bool) -> [Instruction] {
    let comparison: Instruction.Comparison = negated ? .notEqual : .equal
    let first = IPAddress(family: family, bits: lower).bytes
    guard let prefix else {
      let last = IPAddress(family: family, bits: upper).bytes
      let test: [Instruction] =
        negated ? [.outside(lower: first, upper: last)] : within(first, last)
      return [.load(family.field(field), register: Register.first)] + test
    }
    // As many whole bytes as the prefix has; only others need a mask.
    if prefix.length > 0, prefix.length.isMultiple(of: 8) {
      let length = prefix.length / 8
      return [
        .load(family.field(field, length: length), register: Register.first),
        .compare(comparison, Array(first.prefix(length))),
      ]
    }
    return [
      .load(family.field(field), register: Register.first),
      .mask(IPAddress(family: family, bits: family.mask(prefix.length)).bytes),
      .compare(comparison, first),
    ]
  }
}

extension Statement {
  fileprivate func instructions(_ family: IPFamily) -> [Instruction] {
    switch self {
    case .counter: [.counter]
    case .namedCounter(let name): [.namedCounter(name)]
    case .limit(let perSecond, let burst):
      [.limit(perSecond: UInt64(perSecond), burst: UInt32(burst))]
    case .log(let prefix, let group): [.log(prefix: prefix, group: UInt16(group))]
    case .updateFlow(let set): loads(family.flowKey) + [.update(set: set)]
    }
  }
}

extension Verdict {
  fileprivate func instructions(_ family: IPFamily) -> [Instruction] {
    switch self {
    case .accept: [.verdict(.accept)]
    case .drop: [.verdict(.drop)]
    case .return: [.verdict(.return)]
    case .jump(let chain): [.verdict(.jump(chain))]
    case .goto(let chain): [.verdict(.goto(chain))]
    case .lookup(let field, let map):
      [.load(family.field(field), register: Register.first), .lookupVerdict(map: map)]
    case .rejectTCP: [Reject.reset]
    case .rejectProhibited: [Reject.prohibited(family)]
    case .translate(let translation): translation.instructions(family)
    }
  }
}

extension SourceTranslation {
  fileprivate func instructions(_ family: IPFamily) -> [Instruction] {
    switch self {
    case .masquerade(let ports):
      return ports.constants(after: 0)
        + [.masquerade(ports: ports.registers(after: 0), flags: ports.flags)]
    case .address(let address, let ports):
      return [.constant(address.bytes, register: Register.first)] + ports.constants(after: 1)
        + [.translateSource(family, ports: ports.registers(after: 1), flags: ports.flags)]
    case .own:
      return [
        .load(family.field(.source), register: Register.first),
        .translateSource(family, ports: nil, flags: 0),
      ]
    }
  }
}

extension SourcePorts {
  /// Registers of 16 bytes, as nft takes.
  fileprivate func registers(after used: UInt32) -> Instruction.PortRegisters? {
    guard range != nil else { return nil }
    let first = Register.first + used
    return Instruction.PortRegisters(lower: first, upper: first + 1)
  }

  fileprivate func constants(after used: UInt32) -> [Instruction] {
    guard let range, let registers = registers(after: used) else { return [] }
    return [
      .constant(bigEndianBytes(range.lowerBound), register: registers.lower),
      .constant(bigEndianBytes(range.upperBound), register: registers.upper),
    ]
  }
}

/// Compares with one value, or with both ends of a range.
private func within(_ lower: [UInt8], _ upper: [UInt8]) -> [Instruction] {
  lower == upper
    ? [.compare(.equal, lower)] : [.compare(.atLeast, lower), .compare(.atMost, upper)]
}

/// Loads a concatenation: each field in a register of its own, padded to four bytes.
func loads(_ fields: [Instruction.Source]) -> [Instruction] {
  var offset = 0
  return fields.map { field in
    defer { offset += (field.length + 3) & ~3 }
    return .load(field, register: Register.at(offset: offset))
  }
}
