import NetSets
import Nftables

/// Reads instructions back as the rule that they were compiled from.
struct RuleReader {
  let family: IPFamily
  var rest: ArraySlice<Instruction>
  private var matches: [Match] = []
  private var statements: [Statement] = []
  var verdict: Verdict?

  /// - Returns: nil when no rule of ours has these instructions.
  static func rule(_ code: [Instruction], comment: String?, family: IPFamily) -> Rule? {
    var reader = RuleReader(family: family, rest: code[...])
    while !reader.rest.isEmpty {
      guard reader.readOne() else { return nil }
    }
    // A reset implies TCP, which the rule says elsewhere or nft adds.
    if reader.verdict == .rejectTCP, reader.statements.isEmpty,
      reader.matches.first == .layer4(.tcp), !reader.matches.contains(.notStartOfTCP)
    {
      reader.matches.removeFirst()
    }
    return Rule(reader.matches, reader.statements, reader.verdict, comment: comment)
  }

  private init(family: IPFamily, rest: ArraySlice<Instruction>) {
    self.family = family
    self.rest = rest
  }

  /// Reads the next match, statement or verdict; false when it is none, or out of order.
  private mutating func readOne() -> Bool {
    guard verdict == nil, let first = rest.popFirst() else { return false }
    switch first {
    case .counter: statements.append(.counter)
    case .namedCounter(let name): statements.append(.namedCounter(name))
    case .limit(let perSecond, let burst):
      guard let perSecond = Int(exactly: perSecond) else { return false }
      statements.append(.limit(perSecond: perSecond, burst: Int(burst)))
    case .log(let prefix, let group):
      statements.append(.log(prefix: prefix, group: Int(group)))
    case .verdict(let code): verdict = Verdict(code)
    case Reject.reset: verdict = .rejectTCP
    case Reject.prohibited(family): verdict = .rejectProhibited
    case .load(let source, Register.first): return readTest(of: source)
    case .constant(let bytes, Register.first): return readTranslation(after: bytes)
    case .masquerade(ports: nil, let flags): return translate(flags, nil) { .masquerade($0) }
    case .load, .mask, .compare, .outside, .lookup, .lookupVerdict, .update, .reject, .constant,
      .masquerade, .translateSource, .trace:
      return false
    }
    return true
  }

  private mutating func readTest(of source: Instruction.Source) -> Bool {
    if source == family.flowKey.first, case .update(let set)? = take(afterLoading: family.flowKey) {
      statements.append(.updateFlow(set: set))
      return true
    }
    if case .network(let offset, let length) = source {
      guard
        let field = [AddressField.source, .destination].first(where: {
          family.field($0, length: length) == .network(offset: offset, length: length)
        })
      else { return false }
      if length == family.width / 8, case .lookupVerdict(let map)? = rest.first {
        rest.removeFirst()
        verdict = .lookup(field, map: map)
        return true
      }
      if field == .source, length == family.width / 8,
        rest.first == .translateSource(family, ports: nil, flags: 0)
      {
        rest.removeFirst()
        verdict = .translate(.own)
        return true
      }
      return add(readAddress(field, length: length))
    }
    switch source {
    case .connectionState: return add(readStates())
    case .layer4: return add(readProtocol())
    case .destinationPort: return add(readPorts())
    case .interfaceName(let field): return add(readInterface(field))
    case .route(let question): return add(readRoute(question))
    case .network, .transport, .etherType, .link: return false
    }
  }

  /// Matches stand before statements.
  private mutating func add(_ match: Match?) -> Bool {
    guard let match, statements.isEmpty else { return false }
    matches.append(match)
    return true
  }

  private mutating func readStates() -> Match? {
    guard case .mask(let mask)? = rest.popFirst(),
      rest.popFirst() == .compare(.notEqual, machineBytes(0))
    else { return nil }
    let states = ConnectionState.allCases.filter { state in
      zip(machineBytes(state.bit), mask).contains { $0 & $1 != 0 }
    }
    return mask == machineBytes(states.reduce(0) { $0 | $1.bit }) ? .connectionState(states) : nil
  }

  private mutating func readProtocol() -> Match? {
    switch rest.popFirst() {
    case .lookup(.protocols(let numbers), inverted: false):
      return .layer4In(numbers.map(IPProtocol.init(number:)))
    case .compare(.equal, let number) where number.count == 1:
      let layer4 = IPProtocol(number: number[0])
      if layer4 == .tcp, rest.first == .load(TCPFlags.field, register: Register.first) {
        rest.removeFirst()
        return rest.popFirst() == .mask([TCPFlags.looked])
          && rest.popFirst() == .compare(.notEqual, [TCPFlags.start]) ? .notStartOfTCP : nil
      }
      if layer4 == .icmpv6, rest.first == .load(.icmpv6Type, register: Register.first) {
        rest.removeFirst()
        return readRange(1).map { .icmpv6Type(UInt8($0.lowerBound)...UInt8($0.upperBound)) }
      }
      return .layer4(layer4)
    default: return nil
    }
  }

  private mutating func readPorts() -> Match? {
    readRange(2).map { .destinationPort(UInt16($0.lowerBound)...UInt16($0.upperBound)) }
  }

  private mutating func readAddress(_ field: AddressField, length: Int) -> Match? {
    if length < family.width / 8 {
      guard case .compare(let comparison, let bytes)? = rest.popFirst(), bytes.count == length
      else { return nil }
      return prefix(field, bytes, length: length * 8, comparison)
    }
    switch rest.first {
    case .lookup(.named(let set), let inverted):
      rest.removeFirst()
      return .addressIn(field, set: set, negated: inverted)
    case .load:
      let key = [family.field(.destination), .layer4, .destinationPort]
      guard field == .destination,
        case .lookup(.named(let set), inverted: false)? = take(afterLoading: key)
      else { return nil }
      return .destinationIn(set: set)
    case .mask(let mask):
      rest.removeFirst()
      let ones = number(mask).nonzeroBitCount
      guard mask.count == length, number(mask) == family.mask(ones),
        case .compare(let comparison, let bytes)? = rest.popFirst(), bytes.count == length
      else { return nil }
      return prefix(field, bytes, length: ones, comparison)
    case .outside(let lower, let upper):
      rest.removeFirst()
      guard lower.count == length, upper.count == length, number(lower) <= number(upper)
      else { return nil }
      let range = AddressRange(family: family, lower: number(lower), upper: number(upper))
      return .address(field, range, negated: true)
    case .compare(.notEqual, let bytes):
      rest.removeFirst()
      return bytes.count == length
        ? prefix(field, bytes, length: family.width, .notEqual) : nil
    default:
      return readRange(length).map {
        let range = AddressRange(family: family, lower: $0.lowerBound, upper: $0.upperBound)
        return .address(field, range, negated: false)
      }
    }
  }

  /// `start` has the first bytes of an address.
  private func prefix(
    _ field: AddressField, _ start: [UInt8], length: Int, _ comparison: Instruction.Comparison
  ) -> Match? {
    let bits = number(start) << UInt128(family.width - start.count * 8)
    let prefix = IPPrefix(IPAddress(family: family, bits: bits), length: length)
    guard prefix.base.bits == bits else { return nil }
    switch comparison {
    case .equal: return .address(field, prefix.range, negated: false)
    case .notEqual: return .address(field, prefix.range, negated: true)
    case .atLeast, .atMost: return nil
    }
  }

  /// One value, or both ends of a range.
  private mutating func readRange(_ length: Int) -> ClosedRange<UInt128>? {
    switch rest.popFirst() {
    case .compare(.equal, let bytes) where bytes.count == length:
      return number(bytes)...number(bytes)
    case .compare(.atLeast, let lower) where lower.count == length:
      guard case .compare(.atMost, let upper)? = rest.popFirst(), upper.count == length,
        number(lower) <= number(upper)
      else { return nil }
      return number(lower)...number(upper)
    default: return nil
    }
  }

  /// The instruction after the loads of a concatenation, of which the first is taken already; nil,
  /// and nothing is taken, when other things are loaded.
  private mutating func take(afterLoading fields: [Instruction.Source]) -> Instruction? {
    let others = loads(fields).dropFirst()
    guard rest.count > others.count, rest.starts(with: others) else { return nil }
    let next = rest[rest.startIndex + others.count]
    switch next {
    case .update, .lookup: rest.removeFirst(others.count + 1)
    default: return nil
    }
    return next
  }
}

extension Verdict {
  init(_ code: VerdictCode) {
    self =
      switch code {
      case .accept: .accept
      case .drop: .drop
      case .return: .return
      case .jump(let chain): .jump(chain)
      case .goto(let chain): .goto(chain)
      }
  }
}

/// Bytes in network order.
func number(_ bytes: [UInt8]) -> UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }
