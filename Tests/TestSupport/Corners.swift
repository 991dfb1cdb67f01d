import Kubernetes
import NetSets
import PolicyModel

/// The connections at which a graph's decisions can change: at both sides of the ends of every
/// range of addresses and ports that its edges name, and at every endpoint.
package struct Corners {
  package let addresses: [IPFamily: [IPAddress]]
  package let ports: [UInt16]

  package init(_ graph: PolicyGraph) {
    var found: Set<IPAddress> = [
      IPAddress(family: .ipv4, bits: 0x0808_0808), IPAddress(family: .ipv6, bits: 1 << 125),
    ]
    var ports: Set<UInt16> = [1, 443, 65535]
    for endpoint in graph.endpoints {
      found.formUnion(endpoint.addresses + endpoint.nodeAddresses)
      ports.formUnion(endpoint.ports.map(\.number))
    }
    found.formUnion(graph.enforcement.nodeAddresses)
    var ranges = graph.enforcement.closedRanges.map(\.range)
    for edge in graph.policies.flatMap({ ($0.ingress ?? []) + ($0.egress ?? []) }) {
      for peer in edge.peers ?? [] {
        guard case .block(let block) = peer.match else { continue }
        ranges += [block.cidr.range] + block.except.map(\.range)
      }
      for port in edge.ports ?? [] {
        guard case .numbers(let range) = port.match else { continue }
        ports.formUnion([range.lowerBound, range.upperBound])
        if range.lowerBound > 1 { ports.insert(range.lowerBound - 1) }
        if range.upperBound < .max { ports.insert(range.upperBound + 1) }
      }
    }
    for range in ranges {
      found.insert(IPAddress(family: range.family, bits: range.lower))
      found.insert(IPAddress(family: range.family, bits: range.upper))
      if range.lower > 0 {
        found.insert(IPAddress(family: range.family, bits: range.lower - 1))
      }
      if range.upper < range.family.highest {
        found.insert(IPAddress(family: range.family, bits: range.upper + 1))
      }
    }
    addresses = Dictionary(grouping: found.sorted(), by: \.family)
    self.ports = ports.sorted()
  }

  /// Every pair of addresses of which at least one is an endpoint's or lies in a closed range, each
  /// with `count` kinds of traffic drawn from all.
  package func connections(
    in graph: PolicyGraph, each count: Int, using random: inout SplitMix64
  ) -> [Connection] {
    var connections: [Connection] = []
    for family in IPFamily.allCases {
      let all = addresses[family] ?? []
      let policed = all.filter { address in
        graph.endpoint(at: address) != nil
          || graph.enforcement.closedRanges.contains { $0.contains(address) }
      }
      for subject in policed {
        for peer in all {
          for _ in 0..<count {
            let kind = layer4(family, using: &random)
            connections.append(
              Bool.random(using: &random)
                ? Connection(from: subject, to: peer, kind)
                : Connection(from: peer, to: subject, kind))
          }
        }
      }
    }
    return connections
  }

  /// Any kind of traffic, at one of the ports.
  package func layer4(_ family: IPFamily, using random: inout SplitMix64) -> Connection.Layer4 {
    switch Int.random(in: 0..<12, using: &random) {
    case 0:
      .icmp(
        type: family == .ipv4
          ? 8 : [128, 129, 130, 135, 137, 138, 142, 143, 144].randomElement(using: &random) ?? 128)
    case 1: .other(IPProtocol(number: [47, 50, 33, 136].randomElement(using: &random) ?? 47))
    default:
      .transport(
        Transport.allCases.randomElement(using: &random) ?? .tcp,
        port: ports.randomElement(using: &random) ?? 80)
    }
  }
}
