import Apply
import ArgumentParser
import Glibc
import Host
import Netfilter
import Options

/// The firewall that an agent is to work in.
enum ChosenBackend: String, ExpressibleByArgument, CaseIterable {
  /// nftables, if the kernel has it.
  case auto
  case nftables
  case iptables

  func firewall(
    _ variant: IptablesVariant?, in namespace: NetworkNamespace
  ) throws -> Firewall {
    switch self {
    case .nftables: .nftables
    case .iptables: try Self.iptables(variant, namespace)
    case .auto:
      try NetlinkKernel(in: namespace).hasNftables()
        ? .nftables : Self.iptables(variant, namespace)
    }
  }

  private static func iptables(
    _ variant: IptablesVariant?, _ namespace: NetworkNamespace
  ) throws -> Firewall {
    guard geteuid() == 0, opensRawSockets else {
      throw OptionRefusal(
        "iptables needs root with CAP_NET_RAW beside CAP_NET_ADMIN: it asks for sets by a raw socket",
        .node)
    }
    return .iptables(try IptablesTools(variant, in: namespace).variant)
  }

  private static var opensRawSockets: Bool {
    let number = socket(AF_INET, Int32(SOCK_RAW.rawValue), Int32(IPPROTO_RAW))
    if number >= 0 { close(number) }
    return number >= 0
  }
}
