import Compiler
import Diagnostics
import Manifests
import NetSets
import PolicyModel
import Testing

/// Every generated case compiles without a word, and its graph decides every connection of the
/// grid, on both ports of every protocol and in both families, as the reference does.
struct CaseTests {
  static let families: [(name: String, cases: [Case], count: Int)] = [
    ("target", Case.targets, 6), ("rules", Case.rules, 4), ("peers", Case.peers, 112),
    ("ports", Case.ports, 70), ("conflict", Case.conflicts, 16),
    ("namespace", Case.namespaces, 2),
  ]

  @Test(arguments: families)
  func `Cyclonus cases are decided as the documentation of the API says`(
    family: String, cases: [Case], count: Int
  ) throws {
    #expect(cases.count == count)
    for item in cases {
      try check(item.name, CaseHistory.State(policies: item.policies))
    }
  }

  static let histories: [(name: String, cases: [CaseHistory], count: Int)] = [
    ("action", CaseHistory.actions, 6), ("example", CaseHistory.examples, 1),
    ("upstream e2e", CaseHistory.upstream, 13),
  ]

  @Test(arguments: histories)
  func `Cyclonus cases in which something changes are decided so before and after`(
    family: String, cases: [CaseHistory], count: Int
  ) throws {
    #expect(cases.count == count)
    for item in cases {
      for (index, state) in item.states.enumerated() {
        try check("\(item.name), state \(index)", state)
      }
    }
  }

  private func check(_ name: String, _ state: CaseHistory.State) throws {
    let graph = try compile(name, state)
    let reference = CaseReference(policies: state.policies)
    #expect(try surprises(graph, reference, state.grid) == [], "\(name)")
  }

  @Test func `no two cases have one name`() {
    let names =
      Self.families.flatMap(\.cases).map(\.name) + Self.histories.flatMap(\.cases).map(\.name)
    #expect(names.count == 230)
    #expect(Set(names).count == names.count)
  }

  private func compile(_ name: String, _ state: CaseHistory.State) throws -> PolicyGraph {
    var grid = state.grid
    grid.objects = state.policies.map(\.text)
    var diagnostics = Diagnostics()
    let files = [ManifestFile(path: "case.yaml", bytes: Array(grid.yaml.utf8))]
    let compilation = Compiler.compile(files, for: Scope(), &diagnostics)
    #expect(diagnostics.all.map(\.headline) == [], "\(name)")
    return try #require(compilation?.graph)
  }

  /// Connections that graph and reference disagree about; the first few.
  private func surprises(
    _ graph: PolicyGraph, _ reference: CaseReference, _ grid: Grid
  ) throws -> [String] {
    var surprises: [String] = []
    for family in IPFamily.allCases {
      let pods = try Self.pods(grid, family)
      for (from, source, sourceName) in pods {
        for (to, destination, destinationName) in pods {
          for transport in Transport.allCases {
            for port in [80, 81] as [UInt16] {
              let connection = Connection(from: from, to: to, .transport(transport, port: port))
              let expected = reference.allows(
                source, destination, transport.kubernetesName, Int(port))
              if graph.decision(on: connection).isAllowed == expected { continue }
              surprises.append(
                "\(sourceName) -> \(destinationName) \(transport) \(port) \(family): \(!expected)")
            }
          }
        }
      }
    }
    return Array(surprises.prefix(5))
  }

  private static func pods(
    _ grid: Grid, _ family: IPFamily
  ) throws -> [(IPAddress, CaseReference.Pod, String)] {
    try grid.pods.map { pod in
      var labels = grid.namespaces[pod.namespace] ?? [:]
      labels["kubernetes.io/metadata.name"] = pod.namespace
      let reference = CaseReference.Pod(
        namespace: pod.namespace, labels: pod.labels, namespaceLabels: labels,
        octets: family == .ipv4 ? CaseReference.octets(pod.ipv4) : nil)
      return (try address(pod.fullName, family), reference, pod.fullName)
    }
  }
}
