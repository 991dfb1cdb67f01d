import Agent
import Apply
import Backends
import Compiler
import Incremental
import Kubernetes
import Masquerade
import NetSets
import Nftables
import TestSupport
import Testing

/// How connections leave a node while it is not known how they should.
@Suite struct TranslationTests {
  private static let pool = """
    {apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: a}, spec: {cidr: 10.244.0.0/16, natOutgoing: true}}

    """

  private let kernel = FakeKernel()

  private func enforcer() throws -> Enforcer<FakeKernel> {
    try Enforcer(
      NodeCompiler(
        node: "n1", options: NftablesOptions(node: "n1"), request: MasqueradeRequest(.pools, .own)),
      kernel)
  }

  private struct Translation: Equatable {
    let chains: [Chain]
    let sets: [NamedSet]
  }

  private func translation() throws -> Translation {
    let tables = try kernel.read(table: "netpolc").ruleset.tables
    return Translation(
      chains: tables.flatMap(\.chains).filter { $0.base?.type == .nat },
      sets: tables.flatMap(\.sets).filter { $0.name.hasPrefix("masq-") })
  }

  @Test func `what is there stays until more is known, and policies are enforced`() throws {
    var options = NftablesOptions(node: "n1")
    let pods = try #require(WrittenPrefix("10.9.0.0/16")).prefix
    options.masquerade = NodeMasquerade(PlainMasquerade(from: [pods]).masquerade, .own)
    let compilation = try compileText(
      """
      {apiVersion: v1, kind: Namespace, metadata: {name: d}}
      ---
      {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: d}, spec: {nodeName: n1}, status: {phase: Running, podIP: 10.244.1.2}}
      """, for: Scope(node: "n1"))
    _ = try Applier(kernel, table: "netpolc").apply(lower(compilation.graph, options).ruleset)
    let before = try translation()
    #expect(before.chains.count == 1 && before.sets.count == 2)
    var enforcer = try enforcer()
    let policy = try compileText(
      """
      {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: d}, spec: {podSelector: {}, ingress: []}}
      """)
    let pod = compilation.input.cluster.pods[0]
    let changes: [ClusterChange] =
      [.put(.pod(pod))] + policy.input.policies.map { .put(.policy($0)) }
    _ = try enforcer.take(changes)
    #expect(enforcer.missingFact != nil)
    #expect(try translation() == before)
    let held = try kernel.read(table: "netpolc").ruleset
    #expect(held.tables.flatMap(\.chains).contains { $0.name.hasPrefix("pi/d/p") })
    guard case .nftables(let wanted) = try enforcer.wanted() else {
      Issue.record("it works in nftables")
      return
    }
    #expect(wanted.difference(to: held).isEmpty)
    #expect(try enforcer.catchUp().transaction.isEmpty)
    let pools = try compileText(Self.pool).input.ipPools
    _ = try enforcer.take(pools.map { .put(.ipPool($0)) })
    #expect(enforcer.missingFact == nil)
    #expect(try translation() != before)
    // The last of them is gone: what was known stays.
    let known = try translation()
    _ = try enforcer.take(pools.map { .removed(ClusterObject.ipPool($0).reference) })
    #expect(enforcer.missingFact != nil)
    #expect(try translation() == known)
  }
}
