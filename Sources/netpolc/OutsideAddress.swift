import NetSets
import PolicyModel

extension PolicyGraph {
  /// An address outside of every block that names less than everything, so that it stands for the
  /// rest of the world.
  var outsideAddress: IPAddress {
    var named: [AddressRange] = [
      "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
      "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
      "203.0.113.0/24", "224.0.0.0/3",
    ].compactMap { WrittenPrefix($0)?.prefix.range }
    for edge in policies.flatMap({ ($0.ingress ?? []) + ($0.egress ?? []) }) {
      for case .block(let block) in (edge.peers ?? []).map(\.match) where block.family == .ipv4 {
        if block.cidr.length > 0 { named.append(block.cidr.range) }
        named += block.except.map(\.range)
      }
    }
    named += endpoints.flatMap(\.addresses).filter { $0.family == .ipv4 }.map {
      AddressRange($0)
    }
    let rest = AddressSet.all.restricted(to: .ipv4).subtracting(AddressSet(named))
    return IPAddress(family: .ipv4, bits: rest.ranges.first?.lower ?? 0x0101_0101)
  }
}
