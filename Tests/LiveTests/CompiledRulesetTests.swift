import Backends
import Compiler
import Diagnostics
import Kubernetes
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

extension Live {
  /// The second proof that a ruleset means what its graph means: the kernel, with real packets
  /// between all pairs of hosts, against `PolicyGraph.decision(on:)`.
  @Suite struct CompiledRulesetTests {
    @Test(arguments: 0..<UInt64(16))
    func `the kernel decides real packets as the graph does`(_ seed: UInt64) throws {
      let random = RandomCluster(seed: 7000 + seed, hasTiers: seed % 4 == 0)
      let scope = Scope(
        node: "n1", policesOwnNode: seed % 2 == 0, failsClosed: seed % 4 == 1)
      let graph = random.graph(for: scope)
      let options = NftablesOptions(deny: seed % 8 == 7 ? .reject : .drop, node: "n1")
      let ruleset = lower(graph, options).ruleset
      let world = World(graph)
      let laboratory = try Laboratory(hosts: world.hosts, nodeAddresses: world.nodeAddresses)
      try laboratory.load(ruleset: ruleset.text)
      // Loading over itself changes nothing; before any packet, since denied ones fill @drops.
      try laboratory.load(ruleset: ruleset.text)
      #expect(try laboratory.list() == ruleset.listing)
      let (attempts, connections) = world.attempts
      let delivered = try laboratory.run(attempts)
      for (index, connection) in connections.enumerated() {
        let decision = graph.decision(on: connection)
        #expect(
          delivered[index] == decision.isAllowed,
          "seed \(seed): \(attempts[index]) \(decision)\n\(ruleset.text)")
      }
    }
  }
}
