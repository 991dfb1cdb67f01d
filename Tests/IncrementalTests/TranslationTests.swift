import Apply
import Backends
import Compiler
import Diagnostics
import Incremental
import Kubernetes
import Manifests
import Masquerade
import NetSets
import Nftables
import TestSupport
import Testing

/// How connections leave, change by change, compared with how they do by all objects at once.
@Suite struct TranslationTests {
  struct Asked: Sendable, CustomStringConvertible {
    let description: String
    let request: MasqueradeRequest
  }

  /// Calico's objects, of which each name has several states.
  private static let calico = """
    {apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: a}, spec: {cidr: 10.244.0.0/16, natOutgoing: true, vxlanMode: Always}}
    ---
    {apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: a}, spec: {cidr: 10.244.0.0/17, natOutgoing: true}}
    ---
    {apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: b}, spec: {cidr: 10.9.0.0/16}}
    ---
    {apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: c}, spec: {cidr: 'fd00:244::/32', natOutgoing: true}}
    ---
    {apiVersion: crd.projectcalico.org/v1, kind: FelixConfiguration, metadata: {name: default}, spec: {natOutgoingExclusions: IPPoolsAndHostIPs}}
    ---
    {apiVersion: crd.projectcalico.org/v1, kind: FelixConfiguration, metadata: {name: default}, spec: {natPortRange: "50000:50009"}}
    """

  private static let pools: [ClusterObject] = {
    var diagnostics = Diagnostics()
    return calico.split(separator: "\n---\n").flatMap { text -> [ClusterObject] in
      let file = ManifestFile(path: "calico.yaml", bytes: Array(text.utf8))
      let input = readInput([file], &diagnostics)
      return input.ipPools.map { .ipPool($0) }
        + [input.outgoingNAT].compactMap { $0.map { .outgoingNAT($0) } }
    }
  }()

  /// Kindnet's knows pods of other nodes by their objects.
  private static let kindnet = """
    kind: DaemonSet
    spec: {template: {spec: {containers: [{image: kindnet, args: []}]}}}
    """

  private static func requests() throws -> [Asked] {
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "kindnet.yaml", bytes: Array(kindnet.utf8))
    let files = try #require(readMasqueradeConfiguration([file], &diagnostics))
    let pods = try #require(WrittenPrefix("10.244.0.0/16")).prefix
    return [
      Asked(
        description: "flags",
        request: MasqueradeRequest(.flags(PlainMasquerade(from: [pods])), .own)),
      Asked(description: "pools", request: MasqueradeRequest(.pools, .own)),
      Asked(description: "pools, overridden", request: MasqueradeRequest(.pools, .override)),
      Asked(description: "kindnet", request: MasqueradeRequest(.files(files), .own)),
    ]
  }

  private func options(_ masquerade: NodeMasquerade?) -> NftablesOptions {
    var options = NftablesOptions(node: "n1")
    options.masquerade = masquerade
    return options
  }

  @Test(arguments: try requests())
  func `whatever led to them, objects make the translation that they make at once`(
    _ asked: Asked
  ) throws {
    var states: Set<NodeMasquerade?> = []
    for seed in 0..<20 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: false, others: Self.pools)
      var compiler = NodeCompiler(
        node: "n1", options: NftablesOptions(node: "n1"), request: asked.request)
      let resident = try ResidentRuleset(FakeKernel(), table: "netpolc")
      var known: NodeMasquerade?
      for step in 0..<40 {
        let change = compiler.apply(history.changes(upTo: step % 3 == 0 ? 6 : 1))
        // What was known last stays.
        let now = try? asked.request.masquerade(history.facts, node: "n1")
        known = now ?? known
        states.insert(known)
        #expect((compiler.missingFact == nil) == (now != nil), "seed \(seed), step \(step)")
        let fresh = lower(history.graph(Scope(node: "n1")), options(known)).ruleset
        try #require(compiler.ruleset.text == fresh.text, "seed \(seed), step \(step)")
        // A kernel that gets only the changes holds the whole.
        switch (change, step) {
        case (.part(let before, let after), 1...):
          _ = try resident.commit(
            try #require(try resident.transaction(from: before, to: after)))
        case (.none, 1...): break
        case (.none, _), (.part, _), (.whole, _):
          _ = try resident.commit(
            Transaction(from: resident.installed(), to: compiler.ruleset, table: "netpolc"))
        }
        try #require(resident.ruleset.difference(to: fresh).isEmpty, "seed \(seed), step \(step)")
      }
    }
    #expect(states.count >= (asked.description == "flags" ? 1 : 3))
  }
}
