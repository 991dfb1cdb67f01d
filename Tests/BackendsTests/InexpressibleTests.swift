import Backends
import Compiler
import Diagnostics
import Iptables
import TestSupport
import Testing

/// What ipset has no room for is an error at the policy's line.
@Suite struct InexpressibleTests {
  private let yaml =
    Manifest.pod("web", "10.0.0.1") + """
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: blocks, namespace: shop}
      spec:
        podSelector: {}
        ingress:
        - from:
          - ipBlock: {cidr: 10.0.0.0/8, except: [10.64.0.0/10]}
        - from:
          - ipBlock: {cidr: 172.16.0.0/12, except: [172.18.0.0/16]}
        - from:
          - ipBlock: {cidr: 10.0.0.0/8, except: [10.64.0.0/10]}

      """

  private func errors(mostSets: Int = 10, mostElements: Int = 100) throws -> [String] {
    let (filter, sources) = lower(
      try compileText(yaml, file: "shop.yaml").graph, IptablesOptions())
    #expect(filter.sets.count == 2)
    return filter.inexpressible(sources, mostSets: mostSets, mostElements: mostElements)
      .all.map(\.headline)
  }

  /// The line of the manifest that has a text.
  private func line(of text: String) throws -> Int {
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
    return try #require(lines.firstIndex { $0.contains(text) }) + 1
  }

  @Test func `what ipset holds is no error`() throws {
    #expect(try errors(mostSets: 2, mostElements: 5) == [])
  }

  @Test func `one set too many is an error at the rule that needs it`() throws {
    let line = try line(of: "172.16.0.0/12")
    let errors = try errors(mostSets: 1)
    #expect(
      errors == [
        "shop.yaml:\(line):7: error: ingress[1].from[0]: the policies of this node need 2 sets, "
          + "of which ipset holds 1 [ipset-limit]"
      ])
  }

  @Test func `a set that is too large is an error at the first rule that names it`() throws {
    let line = try line(of: "172.16.0.0/12")
    let errors = try errors(mostElements: 2)
    #expect(
      errors == [
        "shop.yaml:\(line):7: error: ingress[1].from[0]: more than 2 elements, which no set of "
          + "ipset holds [ipset-limit]"
      ])
  }
}
