import Backends
import Compiler
import Diagnostics
import Manifests
import Testing

/// What the fuzz found, small and by name.
@Suite struct FoundByFuzzTests {
  private func outcome(_ yaml: String, node: String? = nil) -> Outcome {
    PipelineTests.outcome(
      of: ManifestFile(path: "found.yaml", bytes: Array(yaml.utf8)), Scope(node: node),
      NftablesOptions(node: node))
  }

  private static let denyAll = """
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny}
    spec: {podSelector: {}}
    """

  @Test(arguments: ["[{ip: 10.0.0.1}, {ip: 10.0.0.1}]", "[{ip: 'fd00::1'}, {ip: 'fd00:0::1'}]"])
  func `a pod that reports one address twice is one element`(_ addresses: String) {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: a}, status: {podIPs: \(addresses)}}\n"
    #expect(outcome(pod + Self.denyAll) == .compiled)
  }

  @Test(arguments: ["\\e[31mNetworkPolicy", "two\\nNetworkPolicy", "\\0NetworkPolicy"])
  func `a kind with control characters is said without them`(_ kind: String) {
    #expect(outcome("{apiVersion: \"\(kind)\", kind: \"\(kind)\"}\n") == .compiled)
  }

  @Test func `a kind of a thousand characters is cut`() {
    let kind = "NetworkPolicy" + String(repeating: "x", count: 1000)
    #expect(outcome("{apiVersion: \(kind), kind: \(kind)}\n") == .compiled)
  }

  @Test(arguments: ["\"\\e[31m\"", "? \(String(repeating: "x", count: 200))\n    "])
  func `a label's key in a path is cut and has no control characters`(_ key: String) {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    \(key): [1]\n"
    #expect(outcome(pod) == .refused)
  }

  @Test(arguments: ["../evil", "/etc/passwd", "a/b", "UPPER", "[a]", "1"])
  func `a pod's node is a name that a file can have`(_ node: String) {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: \(node)}}\n"
    #expect(outcome(pod) == .refused)
  }

  @Test func `a pod that is not scheduled has no node`() throws {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: \"\"}}\n"
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "found.yaml", bytes: Array(pod.utf8))
    let compilation = try #require(compile([file], for: Scope(), &diagnostics))
    #expect(compilation.input.cluster.nodeNames == [])
  }
}
