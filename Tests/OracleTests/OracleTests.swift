import Backends
import Compiler
import Diagnostics
import Kubernetes
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

/// The first proof that a ruleset means what its graph means: an interpreter of the ruleset's
/// values, which knows nothing of policies, against `PolicyGraph.decision(on:)`.
@Suite struct OracleTests {
  /// Clusters a shard; shards run side by side.
  private static let shardSize: UInt64 = 160

  @Test(arguments: 0..<UInt64(16))
  func `the ruleset decides every corner as the graph does`(_ shard: UInt64) {
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

/// One cluster's graph and ruleset, side by side.
private struct Comparison {
  private let graph: PolicyGraph
  private let seed: UInt64
  private let ruleset: Ruleset
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
    let options = NftablesOptions(
      deny: seed % 5 == 0 ? .reject : .drop, denyLog: seed % 7 == 0 ? DenyLogging() : nil,
      node: random.scope.node,
      setLimit: seed % 4 == 0 ? 1 : 900)
    let (ruleset, sources) = lower(graph, options)
    self.ruleset = ruleset
    self.sources = Dictionary(
      sources.entries.map {
        (Place(family: $0.family, chain: $0.chain, rule: $0.rule), $0.provenance)
      }
    ) { first, _ in first }
    evaluators = Dictionary(uniqueKeysWithValues: ruleset.tables.map { ($0.family, Evaluator($0)) })
  }

  var firstFailure: String? {
    if let problem = ruleset.problems.first { return "invalid ruleset: \(problem)" }
    var random = SplitMix64(seed: seed ^ 0xfeed)
    let connections = Corners(graph).connections(in: graph, each: 3, using: &random)
    for connection in connections {
      guard let evaluator = evaluators[connection.source.family] else { return "no table" }
      let packet = packet(opening: connection, using: &random)
      let decision = graph.decision(on: connection)
      let evaluation = evaluator.evaluate(packet)
      if evaluation.accepted != decision.isAllowed {
        return "\(connection): decided \(decision), ruleset \(evaluation)\n\(ruleset.text)"
      }
      if let wrong = wrongSource(decision, evaluation, connection.source.family) {
        return "\(connection): \(wrong)\n\(ruleset.text)"
      }
      if let wrong = wrongAudit(decision, evaluation) {
        return "\(connection): \(wrong)\n\(ruleset.text)"
      }
    }
    return nil
  }

  /// Whether what is told of a policy on trial is what the graph says. A side that something else
  /// decides may pass its rules first.
  private func wrongAudit(_ decision: Decision, _ evaluation: Evaluation) -> String? {
    for (verdict, direction, prefix) in [
      (decision.egress, Direction.egress, "ae/"), (decision.ingress, .ingress, "ai/"),
    ] {
      // What egress denies never comes to ingress.
      if direction == .ingress, !decision.egress.isAllowed { continue }
      let counted = evaluation.path.filter { $0.hasPrefix(prefix) }
      let isTold = evaluation.path.contains(direction == .ingress ? "g-audit-in" : "g-audit-eg")
      switch verdict {
      case .audited(let policies):
        let expected = policies.map { prefix + graph.policies[$0].reference.qualifiedName }
        if counted != expected || !isTold { return "counted by \(counted), not by \(expected)" }
      case .notIsolated, .notPoliced, .exempt, .unknownPod:
        if !counted.isEmpty || isTold { return "counted by \(counted), and decided \(verdict)" }
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
    else {
      return nil
    }
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
      // Its checksum may look like any port.
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
