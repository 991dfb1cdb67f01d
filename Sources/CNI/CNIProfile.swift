/// How a container network attaches pods to a node, as far as it matters to whoever filters there.
/// The facts of each are in `traits`, and nowhere else.
package enum CNIProfile: String, Sendable, CaseIterable {
  case bridge
  case ptp
  case flannel
  case calico
  case awsVPC = "aws-vpc"
  case kindnet
  case azure
  case cilium
  case antrea
  /// Nothing that we know attaches pods.
  case none

  /// Where packets between two pods of one node pass.
  package enum PodTraffic: String, Sendable {
    /// Routed: through the forward hook of `ip` and `ip6`.
    case forwarded
    /// Switched by a Linux bridge: through that hook only by br_netfilter, and then with the bridge
    /// as both interfaces; or when ports are isolated and the bridge answers for pods
    /// (`proxy_arp_pvlan`), so that every packet is routed.
    case bridged
    /// Through eBPF or Open vSwitch: netfilter never sees it.
    case bypassing
  }

  /// A tunnel to other nodes, and how to know the address that the node has on it, which is what
  /// pods elsewhere see when the node itself sends.
  package struct Tunnel: Sendable, Hashable {
    /// The device, or the start of its name before `*`.
    package let device: String
    package let address: Address

    package enum Address: String, Sendable {
      /// The first address of the node's pod subnet: `10.244.1.0` of 10.244.1.0/24.
      case firstOfPodSubnet = "first-of-pod-subnet"
      /// Given out by the network's own address management: the device has it.
      case onDevice = "on-device"
    }
  }

  /// What tells a pod's own source address from another's.
  package enum AntiSpoofing: String, Sendable {
    /// Each pod has a link and a route of its own, so that the way back (`fib saddr . iif`) says it.
    case reversePath = "reverse-path"
    /// Pods share a bridge, on which the way back is the same for all: only the bridge's own tables
    /// see the port.
    case bridgeTable = "bridge-table"
    /// The network sees to it, or nothing does.
    case none
  }

  /// Who replaces pods' addresses by the node's.
  package enum Translation: String, Sendable {
    /// The plugin when its configuration says `ipMasq`, else nobody.
    case byConfiguration = "by-configuration"
    /// The network's own agent, as a rule.
    case byNetwork = "by-network"
    case nobody
  }

  package struct Traits: Sendable {
    package let podTraffic: PodTraffic
    /// The host's ends of pods' links: starts of their names.
    package let podInterfaces: [String]
    package let tunnels: [Tunnel]
    package let antiSpoofing: AntiSpoofing
    package let translation: Translation
    /// Why no policy of ours would hold; nil where it does.
    package var refusal: String? = nil
  }

  /// From the sources of each: containernetworking/plugins (bridge, ptp), flannel-io/flannel and
  /// cni-plugin, projectcalico/calico, aws/amazon-vpc-cni-k8s, kubernetes-sigs/kindnet,
  /// Azure/azure-container-networking, cilium/cilium and antrea-io/antrea.
  package var traits: Traits {
    switch self {
    case .bridge:
      Traits(
        podTraffic: .bridged, podInterfaces: ["veth"], tunnels: [], antiSpoofing: .bridgeTable,
        translation: .byConfiguration)
    case .ptp:
      Traits(
        podTraffic: .forwarded, podInterfaces: ["veth"], tunnels: [], antiSpoofing: .reversePath,
        translation: .byConfiguration)
    case .flannel:
      Traits(
        podTraffic: .bridged, podInterfaces: ["veth"],
        tunnels: ["flannel.1", "flannel-v6.1"].map {
          Tunnel(device: $0, address: .firstOfPodSubnet)
        },
        antiSpoofing: .bridgeTable, translation: .byNetwork)
    case .calico:
      Traits(
        podTraffic: .forwarded, podInterfaces: ["cali"],
        tunnels: ["vxlan.calico", "vxlan-v6.calico", "tunl0", "wireguard.cali", "wg-v6.cali"].map {
          Tunnel(device: $0, address: .onDevice)
        },
        antiSpoofing: .reversePath, translation: .byNetwork)
    case .awsVPC:
      // A pod with a security group of its own has a VLAN of a branch interface.
      Traits(
        podTraffic: .forwarded, podInterfaces: ["eni", "vlan"], tunnels: [],
        antiSpoofing: .reversePath, translation: .byNetwork)
    case .kindnet:
      Traits(
        podTraffic: .forwarded, podInterfaces: ["knet", "veth"], tunnels: [],
        antiSpoofing: .reversePath, translation: .byNetwork)
    case .azure:
      Traits(
        podTraffic: .forwarded, podInterfaces: ["azv"], tunnels: [], antiSpoofing: .reversePath,
        translation: .byNetwork)
    case .cilium:
      Traits(
        podTraffic: .bypassing, podInterfaces: ["lxc"],
        tunnels: [Tunnel(device: "cilium_*", address: .onDevice)], antiSpoofing: .none,
        translation: .byNetwork,
        refusal: "eBPF carries pods' packets past the forward hook, so that rules there see nothing"
      )
    case .antrea:
      Traits(
        podTraffic: .bypassing, podInterfaces: [],
        tunnels: [Tunnel(device: "antrea-gw0", address: .onDevice)], antiSpoofing: .none,
        translation: .byNetwork,
        refusal: """
          Open vSwitch carries packets between pods of a node, so that rules of the kernel's \
          firewall see nothing of them
          """)
    case .none:
      Traits(
        podTraffic: .forwarded, podInterfaces: [], tunnels: [], antiSpoofing: .none,
        translation: .nobody)
    }
  }
}
