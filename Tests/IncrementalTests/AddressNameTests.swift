import Backends
import Compiler
import Incremental
import Kubernetes
import NetSets
import PolicyModel
import TestSupport
import Testing

/// Who has an address and who polices it, as an agent knows it from changes.
@Suite struct AddressNameTests {
  @Test(arguments: [false, true])
  func `names are those of a compile of the same objects`(_ hasTiers: Bool) throws {
    let scope = Scope(node: "n1")
    var named = 0
    var isolated = 0
    var audited = 0
    for seed in 200..<230 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: hasTiers)
      var compiler = NodeCompiler(
        node: "n1", scope: scope, options: NftablesOptions(node: "n1"))
      for step in 0..<20 {
        _ = compiler.apply(history.changes(upTo: 4))
        let graph = history.graph(scope)
        for endpoint in graph.endpoints {
          for address in endpoint.addresses {
            let owner = compiler.owner(of: address)
            try #require(owner == graph.owner(of: address), "seed \(seed), step \(step)")
            named += 1
            // A graph knows the policies of the node's own pods only.
            guard endpoint.isLocal else { continue }
            for direction in Direction.allCases {
              let policies = compiler.policies(isolating: address, direction)
              try #require(
                policies == graph.policies(isolating: address, direction),
                "seed \(seed), step \(step)")
              isolated += policies.isEmpty ? 0 : 1
              let tried = compiler.policies(auditing: address, direction)
              try #require(
                tried == graph.policies(auditing: address, direction),
                "seed \(seed), step \(step)")
              audited += tried.isEmpty ? 0 : 1
            }
          }
        }
      }
    }
    #expect(named > 1000)
    #expect(isolated > 100)
    #expect(audited > 50)
  }

  @Test func `a node's address is the node's, until it goes or another has it`() throws {
    var compiler = NodeCompiler(node: "n1", options: NftablesOptions(node: "n1"))
    func node(_ name: String, _ address: String) throws -> [ClusterChange] {
      let compilation = try compileText(
        """
        apiVersion: v1
        kind: Node
        metadata: {name: \(name)}
        status: {addresses: [{type: InternalIP, address: \(address)}]}
        """)
      return compilation.input.cluster.nodes.map { .put(.node($0)) }
    }
    let address = try #require(IPAddress("192.0.2.2"))
    _ = compiler.apply(try node("n2", "192.0.2.2"))
    #expect(compiler.owner(of: address) == .node(name: "n2"))
    _ = compiler.apply(try node("n2", "192.0.2.3"))
    #expect(compiler.owner(of: address) == nil)
    _ = compiler.apply(try node("n3", "192.0.2.2"))
    _ = compiler.apply([.removed(.node("n2"))])
    #expect(compiler.owner(of: address) == .node(name: "n3"))
    _ = compiler.apply([.removed(.node("n3"))])
    #expect(compiler.owner(of: address) == nil)
  }
}
