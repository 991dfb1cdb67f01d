import Host
import TestSupport
import Testing

/// `--cni` and `--force-cni`.
@Suite struct NetworkCommandTests {
  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("policies.yaml", Self.policies)
    return scratch
  }

  private func compile(_ arguments: String...) throws -> (output: String, errors: String) {
    let result = try scratch().run([Program.path, "compile", "-f", "policies.yaml"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return (result.output, result.errors)
  }

  @Test(arguments: ["nftables", "iptables"])
  func `a network whose packets pass no rule is refused unless it is forced`(_ backend: String)
    throws
  {
    for (network, why) in [("cilium", "eBPF carries"), ("antrea", "Open vSwitch carries")] {
      let arguments = ["compile", "-f", "policies.yaml", "--backend", backend, "--cni", network]
      let refused = try scratch().run([Program.path] + arguments)
      #expect(refused.status == 2)
      #expect(refused.output == "")
      #expect(refused.errors.contains("--cni \(network): \(why)"), "\(refused.errors)")
      #expect(refused.errors.contains("--force-cni"), "\(refused.errors)")
      #expect(
        try compile("--backend", backend, "--cni", network, "--force-cni").output
          == compile("--backend", backend).output)
    }
    #expect(
      try compile("--backend", backend, "--cni", "calico").output
        == compile("--backend", backend).output)
  }

  @Test func `a network that translates itself leaves that to who asks for it`() throws {
    let masquerade = ["--masq-from", "10.244.0.0/16", "--cni", "calico"]
    let refused = try scratch().run(
      [Program.path, "compile", "-f", "policies.yaml"] + masquerade)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("calico translates what pods send itself"))
    #expect(
      try compile("--masq-from", "10.244.0.0/16", "--cni", "calico", "--masq", "own").output
        == compile("--masq-from", "10.244.0.0/16").output)
    #expect(
      try compile("--masq-from", "10.244.0.0/16", "--cni", "ptp").output.contains("hook-masq"))
  }

  @Test(arguments: [
    (["compile", "--cni", "calico", "--force-cni"], "leave it out"),
    (["compile", "--force-cni"], "give that as well"),
    (["diff", "--from", "a", "--force-cni"], "give that as well"),
    (["compile", "--cni", "calico", "-o", "graph"], "--cni is about rules"),
    (["compile", "--cni", "auto", "--anti-spoof", "--all-nodes", "d"], "those of one node"),
    (["explain", "a", "b", "80", "--cni", "calico"], "--cni is about making rules"),
    (["compile", "--cni", "weave"], "The value 'weave' is invalid for '--cni"),
  ])
  func `what has no meaning is wrong usage`(_ arguments: [String], _ reason: String) throws {
    let files = arguments[0] == "diff" ? [] : ["-f", "policies.yaml"]
    let result = try scratch().run([Program.path] + arguments + files)
    #expect(result.status == 64)
    #expect(result.errors.contains(reason), "\(result.errors)")
  }

  private static let policies = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {nodeName: n1}
    status: {phase: Running, podIPs: [{ip: 10.244.1.5}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web, namespace: shop}
    spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.168.50.0/24}}]}]}

    """
}
