import NetSets
import Nftables

/// What gives a connection another source.
extension RuleReader {
  /// What begins with a constant: the address that it translates to, or the first of the ports.
  mutating func readTranslation(after bytes: [UInt8]) -> Bool {
    if bytes.count == family.width / 8 {
      let address = IPAddress(family: family, bits: number(bytes))
      if case .translateSource(family, ports: nil, let flags)? = rest.first {
        rest.removeFirst()
        return translate(flags, nil) { .address(address, $0) }
      }
      guard let range = readPortConstants(from: nil),
        case .translateSource(
          family, ports: Instruction.PortRegisters(lower: 2, upper: 3)?, let flags)? =
          rest.popFirst()
      else { return false }
      return translate(flags, range) { .address(address, $0) }
    }
    guard let range = readPortConstants(from: bytes),
      case .masquerade(ports: Instruction.PortRegisters(lower: 1, upper: 2)?, let flags)? =
        rest.popFirst()
    else { return false }
    return translate(flags, range) { .masquerade($0) }
  }

  /// - Parameter first: the first port, when it is read already.
  private mutating func readPortConstants(from first: [UInt8]?) -> ClosedRange<UInt16>? {
    var ends = first.map { [$0] } ?? []
    while ends.count < 2 {
      guard case .constant(let bytes, let register)? = rest.popFirst(),
        register == UInt32(ends.count + (first == nil ? 2 : 1))
      else { return nil }
      ends.append(bytes)
    }
    guard ends.allSatisfy({ $0.count == 2 }), number(ends[0]) <= number(ends[1]) else { return nil }
    return UInt16(number(ends[0]))...UInt16(number(ends[1]))
  }

  mutating func translate(
    _ flags: UInt32, _ range: ClosedRange<UInt16>?, _ make: (SourcePorts) -> SourceTranslation
  ) -> Bool {
    let possible = SourcePorts.Choice.allCases.map { SourcePorts(range, $0) }
    guard let ports = possible.first(where: { $0.flags == flags }) else { return false }
    verdict = .translate(make(ports))
    return true
  }
}
