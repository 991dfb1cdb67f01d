import Host
import TestSupport
import Testing

/// Nodes that call pods of other nodes by a tunnel, as their network's agent notes it on the Node.
@Suite struct TunnelTests {
  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("policies.yaml", Self.cluster)
    return scratch
  }

  @Test(arguments: [
    ("n2", "192.168.50.2", "10.244.2.0"), ("n3", "192.168.50.3", "10.244.77.64 or 10.244.77.65"),
  ])
  func `explain names the address by which a node calls pods elsewhere`(
    _ node: String, _ address: String, _ tunnel: String
  ) throws {
    let scratch = try scratch()
    func explain(_ source: String) throws -> (status: Int32, errors: String) {
      let result = try scratch.run(
        [Program.path, "explain", "-f", "policies.yaml", source, "shop/web", "80"])
      return (result.status, result.errors)
    }
    let said = try explain(address)
    #expect(said.status == 0)
    #expect(
      said.errors.contains(
        "note: node \(node) calls pods of other nodes by its tunnel, as \(tunnel); ask about"),
      "\(said.errors)")
    let seen = try explain(String(tunnel.prefix { $0 != " " }))
    #expect(seen.status == 1 && seen.errors == "")
    // The pod's own node always reaches it, whichever address it has.
    for own in ["192.168.50.1", "10.244.1.0"] {
      let answer = try explain(own)
      #expect(answer.status == 0 && answer.errors == "", "\(answer.errors)")
    }
  }

  @Test func `a note of a tunnel that is no address is an error at its line`() throws {
    let scratch = try Scratch()
    try scratch.write(
      "policies.yaml", Self.cluster.replacing("10.244.77.64", with: "10.244.77"))
    let result = try scratch.run([Program.path, "compile", "-f", "policies.yaml"])
    #expect(result.status == 2)
    #expect(result.errors.contains("policies.yaml:24:"), "\(result.errors)")
  }

  private static let cluster = """
    apiVersion: v1
    kind: Node
    metadata: {name: n1, annotations: {flannel.alpha.coreos.com/backend-type: vxlan}}
    spec: {podCIDRs: [10.244.1.0/24]}
    status: {addresses: [{type: InternalIP, address: 192.168.50.1}]}
    ---
    apiVersion: v1
    kind: Node
    metadata:
      name: n2
      annotations:
        flannel.alpha.coreos.com/backend-type: vxlan
    spec: {podCIDRs: [10.244.2.0/24, 'fd00:244:2::/64']}
    status: {addresses: [{type: InternalIP, address: 192.168.50.2}]}
    ---
    apiVersion: v1
    kind: Node
    metadata:
      name: n3
      annotations:
        # Of two tunnels, which Calico has where a pool has one and Wireguard is on besides.
        projectcalico.org/IPv4Address: 192.168.50.3/24
        projectcalico.org/IPv6VXLANTunnelAddr: ""
        projectcalico.org/IPv4VXLANTunnelAddr: 10.244.77.64
        projectcalico.org/IPv4WireguardInterfaceAddr: 10.244.77.65
    status: {addresses: [{type: InternalIP, address: 192.168.50.3}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {nodeName: n1}
    status: {phase: Running, podIPs: [{ip: 10.244.1.5}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web, namespace: shop}
    spec:
      podSelector: {}
      ingress: [{from: [{ipBlock: {cidr: 192.168.50.0/24}}]}]

    """
}
