import NetSets
import PolicyModel
import TestSupport

/// Where pods of a soak live: each host is a place that one pod after another has.
enum SoakLab {
  struct Place {
    let node: String
    let addresses: [String]
  }

  static let podCIDRs = ["10.244.0.0/24", "fd00:244::/64"]

  static let places =
    (10...14).map {
      Place(node: "n1", addresses: ["10.244.0.\($0)", "fd00:244::\(String($0, radix: 16))"])
    }
    + (10...12).map {
      Place(node: "n2", addresses: ["10.244.1.\($0)", "fd00:244:0:1::\(String($0, radix: 16))"])
    }

  static func nodeAddresses(_ node: String) -> [String] {
    node == "n1" ? ["192.168.0.1", "fd00:1::1"] : ["192.168.0.2", "fd00:1::2"]
  }

  /// All but the node itself.
  static func hosts() throws -> [LabHost] {
    try places.enumerated().map { number, place in
      LabHost("place-\(number)", try place.addresses.map(parse))
    } + Sentinels.addresses.map { LabHost($0.name, try $0.addresses.map(parse)) } + [
      LabHost("other-node", try nodeAddresses("n2").map(parse)),
      LabHost("outside", try ["203.0.113.9", "2001:db8::9"].map(parse)),
    ]
  }

  static func fixture() throws -> LabFixture {
    LabFixture(hosts: try hosts(), nodeAddresses: try nodeAddresses("n1").map(parse))
  }

  /// A connection that may or may not be, and what it looks like to policies.
  struct Flow {
    let attempt: LabAttempt
    let connection: Connection
  }

  /// From anybody to anybody else.
  static func flow(
    among hosts: [LabHost], _ random: inout SplitMix64
  ) -> Flow? {
    guard let source = hosts.randomElement(using: &random),
      let target = hosts.randomElement(using: &random), source.name != target.name,
      let to = target.addresses.randomElement(using: &random),
      let from = source.addresses.first(where: { $0.family == to.family }),
      let transport = Transport.allCases.randomElement(using: &random),
      let port = ([53, 80, 8080, 9000] as [UInt16]).randomElement(using: &random)
    else { return nil }
    if Int.random(in: 0..<12, using: &random) == 0 {
      return Flow(
        attempt: LabAttempt(echoFrom: source.name, fromAddress: from, to: to),
        connection: Connection(from: from, to: to, .icmp(type: to.family == .ipv4 ? 8 : 128)))
    }
    return Flow(
      attempt: LabAttempt(transport, from: source.name, fromAddress: from, to: to, port: port),
      connection: Connection(from: from, to: to, .transport(transport, port: port)))
  }
}
