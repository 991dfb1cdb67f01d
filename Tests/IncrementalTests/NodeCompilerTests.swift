import Apply
import Backends
import Compiler
import Kubernetes
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

@testable import Incremental

/// Compiling change by change, compared with compiling at once.
@Suite struct NodeCompilerTests {
  struct Setting: Sendable, CustomStringConvertible {
    var hasTiers = false
    var scope = Scope(node: "n1")
    var setLimit = 900
    /// Whether what nobody uses is forgotten all the time, rather than now and then.
    var forgets = false
    /// Whether few pods count as very many.
    var compares = false

    func compiler() -> NodeCompiler {
      var compiler = NodeCompiler(node: "n1", scope: scope, options: options)
      if forgets { compiler.forgetsAbove = 0 }
      if compares { compiler.comparesAbove = 1 }
      return compiler
    }

    var isGuarded = false

    var options: NftablesOptions {
      var options = NftablesOptions(node: "n1", setLimit: setLimit)
      if isGuarded {
        options.antiSpoofing = AntiSpoofing(
          routed: [InterfacePattern("cali*")].compactMap(\.self), bridged: [])
      }
      return options
    }

    var description: String {
      "tiers \(hasTiers), fail closed \(scope.failsClosed), at most \(setLimit) sets, "
        + "forgets \(forgets), compares \(compares), guarded \(isGuarded)"
    }
  }

  static let settings = [
    Setting(),
    Setting(hasTiers: true),
    Setting(scope: Scope(node: "n1", policesOwnNode: true, failsClosed: true)),
    Setting(hasTiers: true, scope: Scope(node: "n1", failsClosed: true), setLimit: 3),
    Setting(hasTiers: true, forgets: true),
    Setting(hasTiers: true, compares: true),
    Setting(isGuarded: true),
  ]

  @Test(arguments: settings)
  func `whatever led to them, objects make the ruleset that they make at once`(
    _ setting: Setting
  ) throws {
    for seed in 0..<40 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: setting.hasTiers)
      var compiler = setting.compiler()
      for step in 0..<40 {
        _ = compiler.apply(history.changes(upTo: step % 3 == 0 ? 6 : 1))
        let graph = history.graph(setting.scope)
        let fresh = lower(graph, setting.options).ruleset.text
        try #require(compiler.ruleset.text == fresh, "seed \(seed), step \(step)")
        if step % 10 == 9 {
          let filter = lower(graph, IptablesOptions(setting.options)).filter
          try #require(compiler.filter == filter, "seed \(seed), step \(step)")
        }
      }
    }
  }

  @Test(arguments: settings)
  func `a kernel that gets only the changes holds the whole`(_ setting: Setting) throws {
    for seed in 100..<130 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: setting.hasTiers)
      var compiler = setting.compiler()
      let resident = try ResidentRuleset(FakeKernel(), table: "netpolc")
      _ = try resident.commit(
        Transaction(from: resident.installed(), to: compiler.ruleset, table: "netpolc"))
      for step in 0..<40 {
        switch compiler.apply(history.changes(upTo: step % 3 == 0 ? 6 : 1)) {
        case .none: break
        case .whole:
          _ = try resident.commit(
            Transaction(from: resident.installed(), to: compiler.ruleset, table: "netpolc"))
        case .part(let before, let after):
          let transaction = try #require(try resident.transaction(from: before, to: after))
          _ = try resident.commit(transaction)
        }
        let difference = resident.ruleset.difference(to: compiler.ruleset)
        try #require(difference.isEmpty, "seed \(seed), step \(step): \(difference)")
      }
    }
  }

  @Test func `namespaces and labels that come and go are not remembered`() throws {
    var compiler = NodeCompiler(node: "n1", options: NftablesOptions(node: "n1"))
    for number in 0..<600 {
      let compilation = try compileText(
        """
        {apiVersion: v1, kind: Namespace, metadata: {name: run-\(number)}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: run-\(number)}
        spec: {nodeName: n1}
        status: {phase: Running, podIP: 10.244.0.9}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: run-\(number)}
        spec:
          podSelector: {}
          ingress: [{from: [{podSelector: {}}, {podSelector: {matchLabels: {run: "\(number)"}}}]}]
        """)
      let cluster = compilation.input.cluster
      let objects: [ClusterObject] =
        cluster.namespaces.values.map { .namespace($0) } + cluster.pods.map { .pod($0) }
        + compilation.input.policies.map { .policy($0) }
      _ = compiler.apply(objects.map { .put($0) })
      let fresh = lower(compilation.graph, NftablesOptions(node: "n1")).ruleset
      try #require(compiler.ruleset == fresh, "run \(number)")
      _ = compiler.apply(objects.map { .removed($0.reference) })
    }
    #expect(compiler.selectors.count + compiler.names.count <= 1100)
    #expect(compiler.selectors.selectors.count <= 1100)
  }

  @Test func `a node's addresses that are given up are told, however many pods go with theirs`()
    throws
  {
    let pods = (0..<20).map { number in
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web-\(number), namespace: shop}
      spec: {nodeName: n\(number % 5)}
      status: {phase: Running, podIP: 10.244.0.\(number)}
      """
    }.joined(separator: "\n---\n")
    let cluster = try compileText(pods).input.cluster
    var compiler = NodeCompiler(node: "n1", options: NftablesOptions(node: "n1"))
    compiler.comparesAbove = 3
    _ = compiler.apply(cluster.pods.map { .put(.pod($0)) })
    guard case .whole = compiler.apply(cluster.pods.map { .removed($0.reference) }) else {
      Issue.record("20 pods were told apart")
      return
    }
    #expect(
      compiler.vacated.map(\.description).sorted() == [
        "10.244.0.1", "10.244.0.11", "10.244.0.16", "10.244.0.6",
      ])
  }

  @Test func `of policies that select nobody here, no selector is kept`() throws {
    let compilation = try compileText(
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: web, namespace: shop}
      spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: front}}}]}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web, namespace: shop}
      spec: {nodeName: n1}
      status: {phase: Running, podIP: 10.244.0.9}
      """)
    var compiler = NodeCompiler(node: "n1", options: NftablesOptions(node: "n1"))
    _ = compiler.apply(compilation.input.policies.map { .put(.policy($0)) })
    #expect(compiler.selectors.count == 0)
    _ = compiler.apply(compilation.input.cluster.pods.map { .put(.pod($0)) })
    #expect(compiler.selectors.count == 1)
  }

  @Test func `taking everything back in any order leaves nothing`() {
    for seed in 200..<230 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: false)
      var compiler = NodeCompiler(node: "n1", options: NftablesOptions())
      let empty = compiler.ruleset
      for _ in 0..<20 { _ = compiler.apply(history.changes(upTo: 4)) }
      // A dictionary's order is another each time.
      for reference in history.objects.keys { _ = compiler.apply([.removed(reference)]) }
      #expect(compiler.ruleset == empty)
    }
  }
}
