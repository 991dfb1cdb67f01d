import NetSets
import Nftables

/// What asks by which interfaces and routes a packet goes.
extension RuleReader {
  mutating func readInterface(_ field: InterfaceField) -> Match? {
    guard case .compare(let comparison, let bytes)? = rest.popFirst(),
      comparison == .equal || comparison == .notEqual
    else { return nil }
    let text = bytes.prefix { $0 != 0 }
    guard !text.isEmpty, bytes[text.count...].allSatisfy({ $0 == 0 }) else { return nil }
    let isPrefix = text.count == bytes.count
    guard isPrefix || bytes.count == InterfaceName.bytes else { return nil }
    let name = InterfaceName(String(decoding: text, as: UTF8.self), isPrefix: isPrefix)
    return .interface(field, name, negated: comparison == .notEqual)
  }

  mutating func readRoute(_ question: Instruction.RouteQuestion) -> Match? {
    let local = Instruction.RouteQuestion.local
    return switch (question, rest.popFirst()) {
    case (.kindOfSource, .compare(.equal, local)): .local(.source, negated: false)
    case (.kindOfSource, .compare(.notEqual, local)): .local(.source, negated: true)
    case (.kindOfDestination, .compare(.equal, local)): .local(.destination, negated: false)
    case (.kindOfDestination, .compare(.notEqual, local)): .local(.destination, negated: true)
    case (.kindOfSourceOnOutInterface, .compare(.notEqual, local)): .sourceNotOnOutInterface
    case (.isSourceBehindInInterface, .compare(.equal, machineBytes(0))):
      .sourceNotBehindInInterface
    default: nil
    }
  }
}
