import Apply
import Backends
import Compiler
import Incremental
import Nftables
import TestSupport
import Testing

/// A packet meets what was before or what is wanted, also in the moment in which one becomes the
/// other.
@Suite struct StageTests {
  private let scope = Scope(node: "n1")
  private let options = NftablesOptions(node: "n1")

  /// A kernel that holds a ruleset.
  private func kernel(holding ruleset: Ruleset) throws -> FakeKernel {
    let kernel = FakeKernel()
    _ = try Applier(kernel, table: "netpolc").apply(ruleset)
    return kernel
  }

  private func wanted(_ history: ClusterHistory) -> Ruleset {
    lower(history.graph(scope), options).ruleset
  }

  /// Makes random changes and looks at every stage.
  private func eachStage(
    _ seeds: Range<UInt64>,
    _ look: (_ change: [Ruleset], _ stage: Transaction, _ before: Ruleset, _ after: Ruleset) -> Void
  ) throws {
    for seed in seeds {
      var history = ClusterHistory(seed: seed, hasTiers: seed % 2 == 0)
      _ = history.changes(upTo: 100)
      let kernel = try kernel(holding: wanted(history))
      for _ in 0..<12 {
        _ = history.changes(upTo: 40)
        let start = try kernel.read(table: "netpolc")
        let wanted = wanted(history)
        var last = start
        for stage in Transaction(from: start, to: wanted, table: "netpolc").stages(to: wanted) {
          if stage.isEmpty { continue }
          try kernel.commit(stage, onGeneration: last.generation, isDryRun: false)
          let next = try kernel.read(table: "netpolc")
          look([start.ruleset, wanted], stage, last.ruleset, next.ruleset)
          last = next
        }
        #expect(last.ruleset.difference(to: wanted).isEmpty)
      }
    }
  }

  @Test func `between them packets are decided as before, or as afterwards`() throws {
    var between = [0, 0]
    try eachStage(0..<90) { change, _, _, after in
      let index = change.firstIndex { $0.ways == after.ways }
      #expect(index != nil)
      // Not there yet, or there with chains left over.
      if let index, !after.difference(to: change[1]).isEmpty { between[index] += 1 }
    }
    #expect(between[0] > 50, "\(between)")
    #expect(between[1] > 3, "\(between)")
  }

  @Test func `what a new verdict leads to is there and stays as it is while the verdict comes`()
    throws
  {
    var count = 0
    try eachStage(100..<160) { _, stage, before, after in
      for step in stage.steps {
        guard case .addVerdicts(let map, let elements) = step.operation,
          let old = before.tables.first(where: { $0.family == step.family }),
          let new = after.tables.first(where: { $0.family == step.family }),
          old.maps.contains(where: { $0.name == map })
        else { continue }
        for element in elements {
          count += 1
          #expect(old.text(of: element.verdict) == new.text(of: element.verdict))
        }
      }
    }
    #expect(count > 500)
  }

  @Test func `a policy that selects others by other rules leads to a copy for a moment`() throws {
    func ruleset(_ spec: String) throws -> Ruleset {
      func pod(_ name: String, _ address: String) -> String {
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name), namespace: shop, labels: {app: \(name)}}
        spec: {nodeName: n1}
        status: {podIPs: [{ip: \(address)}]}
        ---

        """
      }
      func policy(_ name: String, _ spec: String) -> String {
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: \(name), namespace: shop}
        spec: {\(spec)}
        ---

        """
      }
      let yaml =
        pod("a", "10.0.0.1") + pod("b", "10.0.0.2") + policy("moves", spec)
        + policy("all", "podSelector: {}, ingress: []")
      let graph = try compileText(yaml, for: scope).graph
      return lower(graph, options).ruleset
    }
    let before = try ruleset("podSelector: {matchLabels: {app: a}}, ingress: [{}]")
    let after = try ruleset("podSelector: {}, ingress: [{ports: [{port: 80}]}]")
    let kernel = try kernel(holding: before)
    let installed = try kernel.read(table: "netpolc")
    let stages = Transaction(from: installed, to: after, table: "netpolc").stages(to: after)
    let verdicts = stages.map { stage in
      stage.steps.compactMap { step -> [Verdict]? in
        guard case .addVerdicts("pods-in", let elements) = step.operation else { return nil }
        return elements.map(\.verdict)
      }.flatMap(\.self)
    }
    try #require(stages.count == 3)
    #expect(verdicts[0] == [])
    #expect(verdicts[1].allSatisfy { $0 == .goto("next-1") } && !verdicts[1].isEmpty)
    #expect(verdicts[2].count == verdicts[1].count)
  }
}
