import ArgumentParser
import NetSets
import PolicyModel

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
