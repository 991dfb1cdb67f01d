import Backends
import Compiler
import Denials
import Diagnostics
import Host
import Incremental
import Kubernetes
import NetSets
import Netfilter
import PolicyModel
import TestSupport
import Testing

/// What is said of a packet that was denied.
@Suite struct DenyRecordTests {
  static let shop = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n2}
    spec: {podCIDR: 10.244.2.0/24}
    status: {addresses: [{type: InternalIP, address: 192.0.2.2}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: report-6d5f-x2x9z
      namespace: shop
      labels: {app: report, pod-template-hash: 6d5f}
      ownerReferences:
      - {apiVersion: apps/v1, kind: ReplicaSet, name: report-6d5f, controller: true, uid: u}
    spec: {nodeName: n1}
    status: {phase: Running, podIP: 10.244.1.40}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: db, namespace: shop, labels: {app: db}}
    spec: {nodeName: n2}
    status: {phase: Running, podIP: 10.244.2.9, hostIP: 192.0.2.2}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: default-deny, namespace: shop}
    spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: report, namespace: shop}
    spec: {podSelector: {matchLabels: {app: report}}, policyTypes: [Egress], egress: []}
    """

  private let graph: PolicyGraph
  private let time = Timestamp(milliseconds: 1_795_593_600_123)

  init() throws { graph = try compileText(Self.shop).graph }

  private func record(
    _ prefix: String, _ bytes: [UInt8], in inInterface: UInt32? = 3, out outInterface: UInt32? = 4
  ) throws -> DenyRecord {
    var reporter = DenyReporter()
    let packet = LoggedPacket(
      prefix: prefix, header: try #require(PacketHeader(bytes)), inInterface: inInterface,
      outInterface: outInterface)
    return try #require(
      reporter.record(of: packet, at: time, by: graph) { $0 == 3 ? "cali3" : nil })
  }

  private func udp(_ source: String, _ destination: String) throws -> [UInt8] {
    SamplePacket.ipv4(
      from: try #require(IPAddress(source)), to: try #require(IPAddress(destination)), layer4: 17,
      [0xca, 0x64, 0, 53, 0, 0, 0, 0], length: 72)
  }

  @Test func `a line of JSON has all of it`() throws {
    let record = try record("netpolc deny-eg ", udp("10.244.1.40", "10.244.2.9"))
    #expect(
      record.json.line == """
        {"schema":"netpolc.deny/v1","time":"2026-11-25T08:00:00.123Z","verdict":"deny",\
        "direction":"egress",\
        "from":{"address":"10.244.1.40","port":51812,"pod":"shop/report-6d5f-x2x9z",\
        "workload":"Deployment shop/report","node":null},\
        "to":{"address":"10.244.2.9","port":53,"pod":"shop/db","workload":"Pod shop/db",\
        "node":null},"protocol":"UDP","icmpType":null,"length":72,"inInterface":"cali3",\
        "outInterface":null,"isolatedBy":[\
        {"policy":"shop/default-deny","source":{"file":"test.yaml","line":31,"column":8}},\
        {"policy":"shop/report","source":{"file":"test.yaml","line":36,"column":8}}],\
        "suppressed":0}
        """)
  }

  @Test func `what a policy on trial would deny names it, and takes no denied packet's place`()
    throws
  {
    let graph = try compileText(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: db, namespace: shop}
      status: {phase: Running, podIP: 10.244.2.9}
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: tighten, namespace: shop, annotations: {netpolc.dev/audit: "true"}}
      spec: {podSelector: {}}
      """
    ).graph
    var reporter = DenyReporter(perSecond: 1)
    func report(_ prefix: String) throws -> DenyRecord? {
      let packet = LoggedPacket(
        prefix: prefix, header: try #require(PacketHeader(udp("192.0.2.1", "10.244.2.9"))),
        inInterface: nil, outInterface: nil)
      return reporter.record(of: packet, at: time, by: graph) { _ in nil }
    }
    let record = try #require(try report("netpolc audit-in "))
    #expect(record.policies.map(\.reference.name) == ["tighten"])
    #expect(record.json.line.contains(#""verdict":"would-deny","direction":"ingress""#))
    #expect(record.text().hasSuffix("ingress would be denied by shop/tighten test.yaml:9"))
    #expect(try report("netpolc audit-in ") == nil)
    #expect(try #require(try report("netpolc deny-in ")).policies.isEmpty)
  }

  @Test func `ingress is denied by the policies of the receiver, egress by those of the sender`()
    throws
  {
    let packet = try udp("10.244.1.40", "10.244.2.9")
    #expect(
      try record("netpolc deny-in ", packet).policies.map(\.reference.name) == ["default-deny"])
    #expect(
      try record("netpolc deny-eg ", packet).policies.map(\.reference.name) == [
        "default-deny", "report",
      ])
  }

  @Test func `a node is named, and an address of nobody is not`() throws {
    let fromNode = try record("netpolc deny-in ", udp("192.0.2.2", "10.244.2.9"))
    #expect(fromNode.source.owner == .node(name: "n2"))
    let outside = try record("netpolc deny-in ", udp("203.0.113.9", "10.244.2.9"))
    #expect(outside.source.owner == nil)
    #expect(outside.text().contains("  203.0.113.9:51812 -> shop/db (10.244.2.9:53) UDP   "))
    #expect(fromNode.text().contains("  node n2 (192.0.2.2:51812) -> shop/db"))
  }

  @Test func `a packet of no known pod has neither direction nor policies`() throws {
    let record = try record("netpolc deny-unknown ", udp("10.244.1.99", "10.244.2.9"))
    #expect(record.direction == nil)
    #expect(record.policies.isEmpty)
    #expect(record.json.line.contains("\"direction\":null"))
    #expect(
      record.text().hasSuffix("denied: no known pod has one of the addresses, from cali3"))
  }

  @Test func `a pod that is gone leaves a record without policies, and never a wrong name`() throws
  {
    let record = try record("netpolc deny-in ", udp("203.0.113.9", "10.244.1.77"))
    #expect(record.policies.isEmpty)
    #expect(record.text().hasSuffix("ingress denied by a policy that is not known"))
  }

  @Test func `an agent, which knows changes, says the same as a compile`() throws {
    let input = try compileText(Self.shop).input
    var compiler = NodeCompiler(node: "n1", options: NftablesOptions(node: "n1"))
    _ = compiler.apply(
      input.cluster.nodes.map { .put(.node($0)) } + input.cluster.pods.map { .put(.pod($0)) }
        + input.policies.map { .put(.policy($0)) })
    let bytes = try udp("10.244.1.40", "10.244.2.9")
    let packet = LoggedPacket(
      prefix: "netpolc deny-eg ", header: try #require(PacketHeader(bytes)), inInterface: 3,
      outInterface: 4)
    var reporter = DenyReporter()
    let record = reporter.record(of: packet, at: time, by: compiler) { $0 == 3 ? "cali3" : nil }
    #expect(try record == self.record("netpolc deny-eg ", bytes))
  }

  @Test func `ICMP, fragments and other protocols are told as what they are`() throws {
    let (source, destination) = (
      try #require(IPAddress("10.244.1.40")), try #require(IPAddress("10.244.2.9"))
    )
    func text(_ layer4: UInt8, _ payload: [UInt8], fragment: UInt16 = 0) throws -> String {
      try record(
        "netpolc deny-eg ",
        SamplePacket.ipv4(
          from: source, to: destination, layer4: layer4, payload, fragment: fragment)
      ).text()
    }
    #expect(try text(1, [8, 0]).contains("(10.244.1.40) -> shop/db (10.244.2.9) ICMP type 8   "))
    #expect(try text(17, [8, 0, 0, 0], fragment: 9).contains("(10.244.2.9) UDP fragment   "))
    #expect(try text(47, []).contains("(10.244.2.9) 47   "))
  }

  @Test func `a policy for people is its name and its line`() throws {
    let record = try record("netpolc deny-eg ", udp("10.244.1.40", "10.244.2.9"))
    #expect(
      record.text().hasSuffix(
        "egress denied by shop/default-deny test.yaml:31, shop/report test.yaml:36"))
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
  ])
  func `a time is written as RFC 3339 has it`(_ milliseconds: Int, _ text: String) {
    #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
  }
}
