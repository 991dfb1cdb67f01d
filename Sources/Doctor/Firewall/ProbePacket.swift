import NetSets

/// The first packet of a connection between pods, with no mark. Its protocol and ports are open:
/// whoever tests them cannot be told.
package struct ProbePacket: Sendable {
  package let family: IPFamily
  /// nil when it is not known; as `destination`.
  package let source: IPAddress?
  package let destination: IPAddress?
  package let inInterface: InterfaceName
  package let outInterface: InterfaceName

  package init(
    _ family: IPFamily, source: IPAddress?, destination: IPAddress?, inInterface: InterfaceName,
    outInterface: InterfaceName
  ) {
    self.family = family
    self.source = source
    self.destination = destination
    self.inInterface = inInterface
    self.outInterface = outInterface
  }

  var isKnown: Bool { source != nil && destination != nil }

  /// `10.244.1.7 -> 10.244.2.1`
  var text: String {
    "\(source.map { "\($0)" } ?? "a pod") -> \(destination.map { "\($0)" } ?? "another node's pod")"
  }
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
