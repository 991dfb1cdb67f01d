import NetSets

/// The first packet of a connection between pods, with no mark. Its protocol and ports are open:
/// whoever tests them cannot be told.
package struct ProbePacket: Sendable {
  package let source: IPAddress
  package let destination: IPAddress
  package let inInterface: InterfaceName
  package let outInterface: InterfaceName

  package init(
    source: IPAddress, destination: IPAddress, inInterface: InterfaceName,
    outInterface: InterfaceName
  ) {
    self.source = source
    self.destination = destination
    self.inInterface = inInterface
    self.outInterface = outInterface
  }

  package var family: IPFamily { source.family }
}

/// What is known of a device's name.
package enum InterfaceName: Sendable, Hashable {
  case exactly(String)
  case startingWith(String)
  case unknown

  /// Whether it is what `pattern` names, in which `*` at the end stands for anything.
  func matches(_ pattern: String) -> Truth {
    let isPrefix = pattern.hasSuffix("*")
    let stem = isPrefix ? String(pattern.dropLast()) : pattern
    if isPrefix, stem.isEmpty { return .yes }
    switch self {
    case .exactly(let name): return (isPrefix ? name.hasPrefix(stem) : name == stem) ? .yes : .no
    case .startingWith(let start):
      if isPrefix, start.hasPrefix(stem) { return .yes }
      return stem.hasPrefix(start) || (isPrefix && start.hasPrefix(stem)) ? .unknown : .no
    case .unknown: return .unknown
    }
  }
}

/// Kleene's three values.
enum Truth: Sendable {
  case yes
  case no
  case unknown

  init(_ value: Bool) { self = value ? .yes : .no }

  static prefix func ! (truth: Truth) -> Truth {
    switch truth {
    case .yes: .no
    case .no: .yes
    case .unknown: .unknown
    }
  }
}
