import Analysis
import NetSets
import PolicyModel

/// A rule's ports as traffic: once for all destinations where their names do not depend on it.
struct ResolvedPorts {
  private let ports: [RulePort]?
  /// nil where the ports have names, and each peer gives them its own numbers.
  private let fixed: TrafficSet?

  /// - Parameter destination: where all connections of the rule lead to; nil when to its peers.
  init(_ ports: [RulePort]?, _ graph: PolicyGraph, at destination: Int?) {
    self.ports = ports
    let hasNames = (ports ?? []).contains { port in
      if case .named = port.match { true } else { false }
    }
    fixed =
      hasNames && destination == nil
      ? nil : TrafficSet(ports, at: destination.map { graph.endpoints[$0].ports } ?? [])
  }

  var isNothing: Bool { fixed?.isEmpty ?? false }

  func mayMeet(_ other: ResolvedPorts) -> Bool {
    guard let fixed, let theirs = other.fixed else { return true }
    return !fixed.intersection(theirs).isEmpty
  }

  func isInside(_ whole: ResolvedPorts) -> Bool {
    guard let fixed, let theirs = whole.fixed else { return false }
    return fixed.subtracting(theirs).isEmpty
  }

  func traffic(_ graph: PolicyGraph, at destination: Int?) -> TrafficSet {
    fixed ?? TrafficSet(ports, at: destination.map { graph.endpoints[$0].ports } ?? [])
  }
}
