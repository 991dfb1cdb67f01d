import Diagnostics
import Kubernetes
import Manifests
import NetSets
import TestSupport

@testable import Masquerade

/// Makes configurations of every profile, with flows to ask about.
struct MasqueradeMaker {
  private var generator: SplitMix64

  private static let blocks = [
    "10.244.0.0/16", "10.244.1.0/24", "10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0", "10.244.1.5/32",
    "fd00:244::/32", "fd00:244:1::/64", "2001:db8::/32", "::/0",
  ]
  private static let addresses: [IPFamily: [String]] = [
    .ipv4: [
      "10.244.1.5", "10.244.2.6", "10.9.9.9", "192.168.50.1", "203.0.113.9", "169.254.1.1",
      "224.0.0.5",
    ],
    .ipv6: ["fd00:244:1::5", "fd00:244:2::6", "2001:db8::9", "fd50::1", "fe80::1", "ff02::1"],
  ]
  private static let interfaces = [
    "eth0", "eth1", "vxlan.calico", "vxlan-v6.calico", "tunl0", "vlan.eth.1", "cilium_host",
    "antrea-gw0",
  ]

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  mutating func node() -> NodeMasquerade {
    NodeMasquerade(masquerade(), pick([.own, .own, .own, .override, .observe]))
  }

  private mutating func masquerade() -> Masquerade {
    switch Int.random(in: 0...9, using: &generator) {
    case 0: plain()
    case 1: calico()
    case 2: Masquerade(FlannelNetwork(cluster: members(), node: members()))
    case 3:
      made(.ipMasqAgent(agent()))
    case 4:
      Masquerade(
        AWSVPC(
          skip: members(), choice: pick(Masquerade.Ports.Choice.allCases),
          primary: flip() ? IPAddress("10.0.1.10") : nil, origin: Origin("aws")),
        pods: AddressGroup("masq-from", members()))
    case 5:
      Masquerade(
        CiliumSettings(
          families: flip() ? [.ipv4] : [.ipv4, .ipv6], pods: members(), native: members(),
          outInterfaces: flip() ? [] : [InterfacePattern("eth0")].compactMap(\.self),
          origin: Origin("cilium")))
    case 6: made(.kindnet(Kindnet(skip: members(), origin: Origin("kindnet"))))
    case 7:
      made(.kindMasqAgent(KindMasqAgent(cluster: members(), origin: Origin("kind"))))
    case 8:
      made(
        .antrea(
          Antrea(
            translates: flip(), choice: flip() ? .fully : .none,
            gateway: pick(["eth1", "antrea-gw0"].compactMap { InterfacePattern($0) }),
            origin: Origin("antrea"))))
    default:
      Masquerade(
        BridgeNetwork(translates: flip(), subnets: members(), origin: Origin("bridge")),
        cluster: members())
    }
  }

  private mutating func agent() -> IPMasqAgent {
    IPMasqAgent(
      skip: members(), translatesLinkLocal: flip() ? [.ipv4] : [],
      outInterface: flip() ? nil : InterfacePattern("eth+"), files: 1, build: nil,
      flags: flip()
        ? nil
        : IPMasqAgent.Flags(
          keepsReserved: flip(), families: flip() ? [.ipv4] : [.ipv4, .ipv6], isRandom: flip(),
          ports: flip() ? [] : [1024...2047]), origin: Origin("agent"))
  }

  /// With pods and nodes that there are.
  private mutating func made(_ configuration: MasqueradeConfiguration) -> Masquerade {
    let nodes = (0..<2).map { number in
      Node(
        name: "n\(number)", addresses: [], podCIDRs: prefixes(),
        location: SourceLocation(file: "x", line: 1, column: 1))
    }
    do {
      return try configuration.masquerade(
        MasqueradeContext(from: prefixes(), skip: flip() ? [] : prefixes(), nodes: nodes))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private mutating func plain() -> Masquerade {
    var plain = PlainMasquerade(from: prefixes())
    plain.skip = prefixes()
    plain.to = flip() ? [] : ["192.0.2.1", "2001:db8::1"].compactMap { IPAddress($0) }
    if flip(), !plain.to.isEmpty { plain.to.removeLast() }
    plain.ports = Masquerade.Ports(
      flip() ? nil : 1024...2047, pick(Masquerade.Ports.Choice.allCases))
    plain.outInterfaces = flip() ? [] : ["eth0", "vlan+"].compactMap { InterfacePattern($0) }
    return plain.masquerade
  }

  private mutating func calico() -> Masquerade {
    let documents = prefixes().enumerated().map { number, prefix in
      """
      {"apiVersion": "projectcalico.org/v3", "kind": "IPPool", "metadata": {"name": "p\(number)"},
       "spec": {"cidr": "\(prefix)", "natOutgoing": \(flip()), "vxlanMode":
        "\(flip() ? "Always" : "Never")", "ipipMode": "\(flip() ? "Always" : "Never")"}}
      """
    }
    let settings = """
      {"metadata": {"name": "default"}, "spec": {"natPortRange": "\(flip() ? "0" : "1024:2047")",
       "natOutgoingExclusions": "\(flip() ? "IPPoolsOnly" : "IPPoolsAndHostIPs")",
       "natOutgoingAddress": "\(flip() ? "" : "192.0.2.1")",
       "iptablesNATOutgoingInterfaceFilter": "\(flip() ? "" : "eth+")"}}
      """
    var diagnostics = Diagnostics()
    func fields(_ text: String) -> [Field] {
      parseManifest(ManifestFile(path: "x.json", bytes: Array(text.utf8)), &diagnostics)
        .map { Field($0, path: .root) }
    }
    let pools = documents.flatMap(fields).compactMap { IPPool($0, &diagnostics) }
    let felix = fields(settings).compactMap { OutgoingNAT($0, &diagnostics) }.first
    let node = Node(
      name: "n1", addresses: ["192.168.50.1", "fd50::1"].compactMap { IPAddress($0) },
      podCIDRs: [], location: SourceLocation(file: "x", line: 1, column: 1))
    precondition(!diagnostics.hasErrors, "\(diagnostics.all)")
    return Masquerade(pools: pools, flip() ? nil : felix, nodes: [node])
  }

  mutating func flow(_ family: IPFamily) -> Masquerade.Flow {
    let addresses = (Self.addresses[family] ?? []).compactMap { IPAddress($0) }
    return Masquerade.Flow(
      source: pick(addresses), destination: pick(addresses),
      layer4: pick([.tcp, .udp, .sctp, .icmp, IPProtocol(number: 47)]),
      outInterface: pick(Self.interfaces), isSourceLocal: flip(),
      isDestinationLocal: Int.random(in: 0...4, using: &generator) == 0,
      isSourceOnOutInterface: false)
  }

  private mutating func prefixes() -> [IPPrefix] {
    (0..<Int.random(in: 1...4, using: &generator)).compactMap { _ in
      WrittenPrefix(pick(Self.blocks))?.prefix
    }
  }

  private mutating func members() -> [AddressGroup.Member] {
    prefixes().enumerated().map { AddressGroup.Member($1.range, Origin("range \($0)")) }
  }

  private mutating func flip() -> Bool { Bool.random(using: &generator) }

  private mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &generator)]
  }
}
