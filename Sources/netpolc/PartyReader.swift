import ArgumentParser
import Diagnostics
import NetSets
import PolicyModel

/// What a user calls one end of a connection: `ns/pod`, `ns/workload`, an address, or `internet`.
struct PartyReader {
  private let graph: PolicyGraph
  private let byName: [String: [Int]]
  private let internet: IPAddress

  init(_ graph: PolicyGraph) {
    self.graph = graph
    var byName: [String: [Int]] = [:]
    for (index, endpoint) in graph.endpoints.enumerated() {
      byName[endpoint.reference.qualifiedName, default: []].append(index)
    }
    self.byName = byName
    internet = PartyReader.outsideAddress(graph)
  }

  /// Throws with the nearest name when there is no such party.
  /// - Parameter family: the one to take of a pod with both.
  func party(_ text: String, family: IPFamily? = nil) throws -> Party {
    if text == "internet" { return Party(endpoint: nil, address: internet) }
    if let address = IPAddress(text) { return graph.party(at: address) }
    // A pod rather than a workload of its name: it has addresses.
    let found = byName[text] ?? []
    let pod = found.first { graph.endpoints[$0].reference.kind == "Pod" }
    guard let index = pod ?? found.first else {
      let near = NearMiss.of(text, in: byName.keys.sorted()).map { "; did you mean \($0)?" } ?? ""
      throw Console.fail("no pod or workload \(text), and no address\(near)", .badInput)
    }
    let addresses = graph.endpoints[index].addresses
    let address = addresses.first { family == nil || $0.family == family } ?? addresses.first
    return Party(endpoint: index, address: address)
  }

  /// Both ends, in one family where they have one in common.
  func pair(_ source: String, _ destination: String) throws -> (Party, Party) {
    let from = try party(source)
    let to = try party(destination)
    if from.address?.family == to.address?.family { return (from, to) }
    let family = from.address?.family ?? .ipv4
    let other = try party(destination, family: family)
    if other.address?.family == family { return (from, other) }
    guard let wanted = to.address?.family else { return (from, to) }
    let first = try party(source, family: wanted)
    if first.address == nil || first.address?.family == wanted { return (first, to) }
    throw Console.fail(
      "\(source) and \(destination) have no family of addresses in common", .badInput)
  }

  func name(_ party: Party) -> String {
    if let endpoint = party.endpoint { return graph.endpoints[endpoint].displayName }
    guard let address = party.address, address != internet else { return "internet" }
    return address.description
  }

  /// An address outside of every block that names less than everything, so that it stands for the
  /// rest of the world.
  private static func outsideAddress(_ graph: PolicyGraph) -> IPAddress {
    var named: [AddressRange] = [
      "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
      "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
      "203.0.113.0/24", "224.0.0.0/3",
    ].compactMap { WrittenPrefix($0)?.prefix.range }
    for edge in graph.policies.flatMap({ ($0.ingress ?? []) + ($0.egress ?? []) }) {
      for case .block(let block) in (edge.peers ?? []).map(\.match) where block.family == .ipv4 {
        if block.cidr.length > 0 { named.append(block.cidr.range) }
        named += block.except.map(\.range)
      }
    }
    named += graph.endpoints.flatMap(\.addresses).filter { $0.family == .ipv4 }.map {
      AddressRange($0)
    }
    let rest = AddressSet.all.restricted(to: .ipv4).subtracting(AddressSet(named))
    return IPAddress(family: .ipv4, bits: rest.ranges.first?.lower ?? 0x0101_0101)
  }
}

/// `5432`, `53/UDP`, `icmp`.
struct PortArgument {
  /// nil for ICMP.
  private let transport: (Transport, UInt16)?

  init(_ text: String) throws {
    if text.lowercased() == "icmp" {
      transport = nil
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let name = parts.count > 1 ? parts[1].uppercased() : "TCP"
    guard parts.count <= 2, let first = parts.first, let port = UInt16(first), port > 0,
      let transport = Transport(kubernetesName: name)
    else {
      throw Console.fail("\(text) is no port: write 5432, 53/UDP, 9000/SCTP or icmp", .badInput)
    }
    self.transport = (transport, port)
  }

  func layer4(_ source: Party, _ destination: Party) -> Connection.Layer4 {
    guard let (transport, port) = transport else { return PortArgument.echo(source, destination) }
    return .transport(transport, port: port)
  }

  /// An echo request, whose type differs between ICMP and ICMPv6.
  static func echo(_ source: Party, _ destination: Party) -> Connection.Layer4 {
    let family = source.address?.family ?? destination.address?.family ?? .ipv4
    return .icmp(type: family == .ipv4 ? 8 : 128)
  }
}
