import Compiler
import Diagnostics
import NetSets
import PolicyModel
import TestSupport
import Testing

/// Laws that hold whatever the policies are, tried on policies drawn from the generated cases.
struct PropertyTests {
  /// Up to four policies under names of their own, the same for the same seed.
  private func drawn(_ seed: UInt64) -> [CasePolicy] {
    var random = SplitMix64(seed: seed)
    let all = CaseTests.families.flatMap(\.cases).flatMap(\.policies)
    return (0..<Int.random(in: 1...4, using: &random)).map { number in
      var policy = all[Int.random(in: 0..<all.count, using: &random)]
      policy.name = "p\(number)"
      policy.namespace = ["x", "y", "z"].randomElement(using: &random) ?? "x"
      if Bool.random(using: &random) { policy.subject = CaseSelector() }
      return policy
    }
  }

  private func graph(_ policies: [CasePolicy], in grid: Grid = Grid()) throws -> PolicyGraph {
    var grid = grid
    grid.objects += policies.map(\.text)
    return try compileText(grid.yaml).graph
  }

  /// Every denied connection of the grid, with its protocol and port.
  private func denied(_ graph: PolicyGraph) throws -> Set<String> {
    var denied: Set<String> = []
    for transport in Transport.allCases {
      for port in [80, 81] as [UInt16] {
        for pair in try graph.denied(transport, port) {
          denied.insert("\(pair) \(transport) \(port)")
        }
      }
    }
    return denied
  }

  @Test(arguments: 0..<15 as Range<UInt64>)
  func `the order of objects in the input is nothing`(seed: UInt64) throws {
    let policies = drawn(seed)
    let forth = try graph(policies)
    var grid = Grid()
    grid.pods.reverse()
    let back = try graph(policies.reversed(), in: grid)
    #expect(try denied(forth) == denied(back))
    // Even the names and the order of what is made of them.
    #expect(forth.policies.map(\.reference) == back.policies.map(\.reference))
    #expect(forth.peerSets.map(\.selector) == back.peerSets.map(\.selector))
    #expect(forth.groups == back.groups)
  }

  @Test(arguments: 0..<15 as Range<UInt64>)
  func `a further policy for isolated pods denies nothing new`(seed: UInt64) throws {
    var policies = drawn(seed)
    let isolating = ["x", "y", "z"].map { namespace in
      CasePolicy(
        name: "isolate", namespace: namespace, subject: CaseSelector(), ingress: [], egress: [])
    }
    let further = policies.removeLast()
    let before = try denied(graph(policies + isolating))
    let after = try denied(graph(policies + isolating + [further]))
    #expect(after.isSubset(of: before))
  }

  @Test(arguments: 0..<15 as Range<UInt64>)
  func `a policy for pods that none selects allows nothing new`(seed: UInt64) throws {
    var policy = drawn(seed)[0]
    policy.namespace = "x"
    let others = drawn(seed + 100).filter { $0.namespace != "x" }
    #expect(try denied(graph(others)).isSubset(of: denied(graph(others + [policy]))))
  }

  @Test(arguments: 0..<15 as Range<UInt64>)
  func `without a pod the others reach each other as before`(seed: UInt64) throws {
    let policies = drawn(seed)
    var grid = Grid()
    let gone = grid.pods.remove(at: Int(seed) % grid.pods.count).fullName
    let before = try denied(graph(policies)).filter { !$0.contains(gone) }
    let after = try denied(graph(policies, in: grid)).filter { !$0.contains(gone) }
    #expect(after == before)
  }

  @Test(arguments: 0..<15 as Range<UInt64>)
  func `labels mean the same in either form of a selector`(seed: UInt64) throws {
    let policies = drawn(seed)
    let rewritten = policies.map { policy in
      var policy = policy
      policy.subject = policy.subject.asExpressions
      policy.ingress = policy.ingress.map { $0.map(\.asExpressions) }
      policy.egress = policy.egress.map { $0.map(\.asExpressions) }
      return policy
    }
    let one = try graph(policies)
    let other = try graph(rewritten)
    #expect(one.peerSets.map(\.selector) == other.peerSets.map(\.selector))
    #expect(try denied(one) == denied(other))
  }
}

extension CaseSelector {
  /// With `key: value` as `key In [value]`.
  fileprivate var asExpressions: CaseSelector {
    CaseSelector(anyOf: anyOf.merging(labels.mapValues { [$0] }) { first, _ in first })
  }
}

extension CaseRule {
  fileprivate var asExpressions: CaseRule {
    var rule = self
    rule.peers = peers.map { peer in
      guard case .pods(let pods, let namespaces) = peer else { return peer }
      return .pods(pods?.asExpressions, namespaces: namespaces?.asExpressions)
    }
    return rule
  }
}
