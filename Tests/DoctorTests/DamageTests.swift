import CNI
import Diagnostics
import Manifests
import NetSets
import TestSupport
import Testing

@testable import Doctor

/// Damaged files and listings: whatever they are, they are read or refused.
@Suite struct DamageTests {
  private static let seeds: [String] = [
    Conflist.bridge(#""portIsolation": true, "ipMasq": true,"#), Conflist.plugin("flannel"),
    "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_IPMASQ=true\n",
    """
    *nat
    :POSTROUTING ACCEPT [0:0]
    :OTHER - [0:0]
    -A POSTROUTING -s 10.244.1.7/32 -m comment --comment "a \\"b\\"" -j OTHER
    -A OTHER ! -d 224.0.0.0/4 -m mark ! --mark 0x4000/0x4000 -j MASQUERADE --random-fully
    COMMIT
    """,
    """
    {"nftables": [{"table": {"family": "ip", "name": "t"}}, {"chain": {"family": "ip", "table": "t",
    "name": "c", "type": "nat", "hook": "postrouting", "prio": 100, "policy": "accept"}},
    {"rule": {"family": "ip", "table": "t", "chain": "c", "expr": [{"match": {"op": "==", "left":
    {"payload": {"protocol": "ip", "field": "saddr"}}, "right": {"range": ["10.0.0.1",
    "10.0.0.9"]}}}, {"snat": {"addr": "1.2.3.4"}}]}}]}
    """,
    "create pods hash:net family inet\nadd pods 10.244.0.0/16\n",
    "Iface\tDestination\tGateway\tFlags\neth0\t0002F40A\t0232A8C0\t0003\t0\t0\t0\t00FFFFFF\t0\n",
    """
    fd000244000000000002000000000000 40 00000000000000000000000000000000 00 \
    fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0
    """,
  ]

  @Test(arguments: 0..<8)
  func `any bytes are read or refused, and places are in the file`(_ part: Int) throws {
    var random = SplitMix64(seed: UInt64(part) + 71)
    let packet = ProbePacket(
      .ipv4, source: IPAddress("10.244.1.7"),
      destination: IPAddress("10.244.2.1"), inInterface: .exactly("cni0"),
      outInterface: .unknown)
    for _ in 0..<800 {
      let bytes = damaged(&random)
      let text = String(decoding: bytes, as: UTF8.self)
      var diagnostics = Diagnostics()
      for name in ["a.conflist", "a.conf"] {
        let file = ManifestFile(path: name, bytes: bytes)
        let isRead = NetworkConfiguration(file, &diagnostics) != nil
        #expect(isRead || diagnostics.hasErrors, "\(text.debugDescription)")
      }
      let isRead = FlannelSubnet(ManifestFile(path: "e", bytes: bytes), &diagnostics) != nil
      #expect(isRead || diagnostics.hasErrors)
      #expect(diagnostics.all.allSatisfy { ($0.location?.line ?? 0) > 0 })
      let saved = IptablesSaveReader(
        family: .ipv4, owner: .iptablesNft, sets: IpsetSaveReader.sets(text)
      ).tables(text)
      for tables in [saved, NftJSONReader.tables(bytes) ?? []] {
        _ = tables.fateLeaving(packet)
        _ = tables.fateForwarding(packet)
      }
      _ = RouteReader.ipv4(text) + RouteReader.ipv6(text)
    }
  }

  private func damaged(_ random: inout SplitMix64) -> [UInt8] {
    func below(_ limit: Int) -> Int { Int.random(in: 0..<max(limit, 1), using: &random) }
    var bytes = Array(Self.seeds[below(Self.seeds.count)].utf8)
    for _ in 0...below(4) where !bytes.isEmpty {
      let position = below(bytes.count)
      let end = min(bytes.count, position + 1 + below(12))
      switch below(6) {
      case 0: bytes[position] = UInt8(below(256))
      case 1: bytes.removeSubrange(position..<end)
      case 2: bytes.insert(contentsOf: bytes[position..<end], at: below(bytes.count))
      case 3:
        bytes.insert(
          contentsOf: Array(
            ["99999999999999999999", "-1", "{", "\"", "\\", "!", "/", "\n"][below(8)].utf8),
          at: position)
      case 4: bytes.removeSubrange(position...)
      default: bytes += Array(Self.seeds[below(Self.seeds.count)].utf8)
      }
    }
    return bytes
  }
}
