import Compiler
import Denials
import Host
import NetSets
import Netfilter
import PolicyModel

/// Packets that a small cluster's policies deny, as records.
package struct DeniedPackets {
  private let graph: PolicyGraph
  private var reporter = DenyReporter(perSecond: 1000)

  /// - Parameters:
  ///   - policies: those that isolate the pod `web`, which has 10.0.0.1; `api` has 10.0.0.2.
  ///   - isAudited: whether they are only tried.
  package init(policies: [String] = ["web-only"], isAudited: Bool = false) throws {
    let pods = """
      apiVersion: v1
      kind: Pod
      metadata: {name: web, namespace: shop, labels: {app: web}}
      spec: {nodeName: n1}
      status: {phase: Running, podIP: 10.0.0.1}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: api, namespace: shop, labels: {app: api}}
      spec: {nodeName: n1}
      status: {phase: Running, podIP: 10.0.0.2}
      """
    let documents = policies.map { name in
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: \(name), namespace: shop, annotations: {netpolc.dev/audit: "\(isAudited)"}}
      spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}
      """
    }
    graph = try compileText(([pods] + documents).joined(separator: "\n---\n")).graph
  }

  /// A segment of TCP that is denied `second` seconds after some moment.
  package mutating func tcp(
    from source: String = "10.0.0.2", to destination: String = "10.0.0.1", port: UInt16 = 80,
    prefix: String = "netpolc deny-in ", second: Int = 0
  ) throws -> DenyRecord {
    guard let source = IPAddress(source), let destination = IPAddress(destination) else {
      throw SystemFailure("an address", code: 22)
    }
    let ports: [UInt8] = [0xca, 0x64, UInt8(port >> 8), UInt8(port & 0xff)]
    let bytes = SamplePacket.ipv4(from: source, to: destination, layer4: 6, ports)
    let packet = PacketHeader(bytes).map {
      LoggedPacket(prefix: prefix, header: $0, inInterface: nil, outInterface: nil)
    }
    let time = Timestamp(milliseconds: 1_795_593_600_000 + second * 1000)
    let record = packet.flatMap { packet in
      reporter.record(of: packet, at: time, by: graph) { _ in nil }
    }
    guard let record else { throw SystemFailure("no record", code: 22) }
    return record
  }
}
