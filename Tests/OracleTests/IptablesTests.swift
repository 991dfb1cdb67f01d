import Backends
import Compiler
import Diagnostics
import Iptables
import Kubernetes
import NetSets
import PolicyModel
import TestSupport
import Testing

/// The proof that rules of iptables with sets of ipset mean what their graph means: an interpreter
/// of these values, which knows nothing of policies, against `PolicyGraph.decision(on:)`.
@Suite struct IptablesTests {
  private static let shardSize: UInt64 = 100

  @Test(arguments: 0..<UInt64(8))
  func `rules of iptables decide every corner as the graph does`(_ shard: UInt64) {
    for seed in shard * Self.shardSize..<(shard + 1) * Self.shardSize {
      let hasTiers = seed % 3 == 0
      if let failure = Comparison(RandomCluster(seed: seed, hasTiers: hasTiers), seed: seed)
        .firstFailure
      {
        Issue.record("seed \(seed), tiers \(hasTiers): \(failure)")
        return
      }
    }
  }
}

/// One cluster's graph and rules, side by side.
private struct Comparison {
  private let graph: PolicyGraph
  private let seed: UInt64
  private let filter: PacketFilter
  private let sources: [Place: Provenance]
  private let evaluators: [IPFamily: Evaluator]

  private struct Place: Hashable {
    let family: IPFamily
    let chain: String
    let rule: Int
  }

  init(_ random: RandomCluster, seed: UInt64) {
    graph = random.graph
    self.seed = seed
    let options = IptablesOptions(
      deny: seed % 5 == 0 ? .reject : .drop, denyLog: seed % 7 == 0 ? DenyLogging() : nil,
      setLimit: seed % 4 == 0 ? 1 : 900)
    let (filter, sources) = lower(graph, options)
    self.filter = filter
    self.sources = Dictionary(
      sources.entries.map {
        (Place(family: $0.family, chain: $0.chain, rule: $0.rule), $0.provenance)
      }
    ) { first, _ in first }
    evaluators = Dictionary(
      uniqueKeysWithValues: filter.tables.map { ($0.family, Evaluator(filter, $0)) })
  }

  var firstFailure: String? {
    if let problem = filter.problems.first { return "cannot be loaded: \(problem)" }
    var random = SplitMix64(seed: seed ^ 0xfeed)
    for connection in Corners(graph).connections(in: graph, each: 3, using: &random) {
      guard let evaluator = evaluators[connection.source.family] else { return "no table" }
      let packet = packet(opening: connection, using: &random)
      let decision = graph.decision(on: connection)
      let evaluation = evaluator.evaluate(packet)
      if evaluation.passed != decision.isAllowed {
        return "\(connection): decided \(decision), rules \(evaluation)\n\(filter.script)"
      }
      if let wrong = wrongSource(decision, evaluation, connection.source.family) {
        return "\(connection): \(wrong)\n\(filter.script)"
      }
      if let wrong = wrongAudit(decision, evaluation) {
        return "\(connection): \(wrong)\n\(filter.script)"
      }
    }
    return nil
  }

  /// Whether what is counted for policies on trial is what the graph says. A side that something
  /// else decides may pass the counting rule first.
  private func wrongAudit(_ decision: Decision, _ evaluation: Evaluation) -> String? {
    for (verdict, direction, prefix) in [
      (decision.egress, Direction.egress, "NPC-GE-"), (decision.ingress, .ingress, "NPC-GI-"),
    ] {
      // What egress denies never comes to ingress.
      if direction == .ingress, !decision.egress.isAllowed { continue }
      let counts = evaluation.counted.contains { rule in
        rule.chain.hasPrefix(prefix) && rule.comment?.hasPrefix("would be denied by ") ?? false
      }
      switch verdict {
      case .audited: if !counts { return "no rule counts what is audited" }
      case .notIsolated, .notPoliced, .exempt, .unknownPod:
        if counts { return "counted as audited, and decided \(verdict)" }
      case .allowed, .denied, .isolated: continue
      }
    }
    return nil
  }

  /// Whether the rule that decided comes from the policy and rule that the graph names.
  private func wrongSource(
    _ decision: Decision, _ evaluation: Evaluation, _ family: IPFamily
  ) -> String? {
    guard decision.isAllowed, case .allowed(let expected) = decision.ingress,
      let rule = evaluation.decidedBy
    else { return nil }
    guard let found = sources[Place(family: family, chain: rule.chain, rule: rule.index)] else {
      return "decided by \(rule), which has no source, not by \(expected)"
    }
    let sameRule = found.path.description.hasPrefix(rulePart(expected.path))
    return found.policy == expected.policy && sameRule
      ? nil : "decided by \(found), not by \(expected)"
  }

  /// `ingress[0]` of `ingress[0].from[1]`.
  private func rulePart(_ path: FieldPath) -> String {
    String(path.description.prefix { $0 != "]" }) + "]"
  }

  /// The packet that opens a connection, on the path that it takes through its node.
  private func packet(opening connection: Connection, using random: inout SplitMix64) -> Packet {
    var packet = Packet(
      hook: hook(connection), source: connection.source, destination: connection.destination,
      layer4: .tcp)
    switch connection.layer4 {
    case .transport(let transport, let port):
      packet.layer4 = transport.ipProtocol
      packet.destinationPort = port
    case .icmp(let type):
      packet.layer4 = connection.source.family == .ipv4 ? .icmp : .icmpv6
      packet.icmpType = type
      packet.destinationPort = [53, 80, 8080].randomElement(using: &random) ?? 80
    case .other(let number):
      packet.layer4 = number
      packet.destinationPort = [53, 80, 8080].randomElement(using: &random) ?? 80
    }
    return packet
  }

  /// What its own node sends to a pod goes out, what a pod sends to its own node comes in; only the
  /// rest is forwarded.
  private func hook(_ connection: Connection) -> Hook {
    if nodeAddresses(of: connection.destination).contains(connection.source) { return .output }
    if nodeAddresses(of: connection.source).contains(connection.destination) { return .input }
    return .forward
  }

  private func nodeAddresses(of address: IPAddress) -> [IPAddress] {
    guard let endpoint = graph.endpoint(at: address) else {
      let isClosed = graph.enforcement.closedRanges.contains { $0.contains(address) }
      return isClosed ? graph.enforcement.nodeAddresses : []
    }
    return graph.endpoints[endpoint].nodeAddresses
  }
}
