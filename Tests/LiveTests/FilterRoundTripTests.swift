import Apply
import Backends
import Compiler
import Diagnostics
import Host
import Iptables
import Manifests
import Masquerade
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

extension Live {
  /// What is printed, put into the kernel, listed and read is what it was.
  @Suite(
    .enabled(
      if: IptablesVariant.unavailable == nil, "\(IptablesVariant.unavailable ?? "It can run.")"))
  struct FilterRoundTripTests {
    /// Every form of rule, and none now and then.
    private static func masquerade(_ seed: UInt64) throws -> NodeMasquerade? {
      let pods = ["10.244.0.0/16", "fd00:244::/32"].compactMap { WrittenPrefix($0)?.prefix }
      switch seed % 5 {
      case 0: return nil
      case 1: return NodeMasquerade(PlainMasquerade(from: pods).masquerade, .override)
      case 2:
        var plain = PlainMasquerade(from: pods)
        plain.skip = ["192.0.2.0/25", "::/0"].compactMap { WrittenPrefix($0)?.prefix }
        plain.to = ["192.0.2.200", "2001:db8::1"].compactMap { IPAddress($0) }
        plain.ports = Masquerade.Ports(seed % 2 == 0 ? 1024...2047 : 999...999, .prng)
        plain.outInterfaces = [InterfacePattern("eth0"), InterfacePattern("vlan+")].compactMap(
          \.self)
        return NodeMasquerade(plain.masquerade, .own)
      case 3: return try configured("FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n")
      default:
        return try configured(
          "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS=10.0.0.0/8\n", to: IPAddress("192.0.2.9"))
      }
    }

    private static func configured(_ text: String, to address: IPAddress? = nil) throws
      -> NodeMasquerade
    {
      var diagnostics = Diagnostics()
      let file = ManifestFile(path: "x.env", bytes: Array(text.utf8))
      let read = try #require(readMasqueradeConfiguration([file], &diagnostics))
      let context = MasqueradeContext(
        from: [], skip: ["10.244.0.0/16"].compactMap { WrittenPrefix($0)?.prefix },
        to: [address].compactMap(\.self))
      return NodeMasquerade(try read.masquerade(context), .own)
    }

    @Test(arguments: IptablesVariant.allCases)
    func `the kernel gives back what it was given`(_ variant: IptablesVariant) throws {
      let namespace = try NetworkNamespace()
      let scratch = try Scratch()
      let session = Session(
        FakeKernel(), iptables: namespace,
        generations: try Generations(directory: "\(scratch.path)/state"), table: "netpolc")
      let tools = try IptablesTools(variant, in: namespace)
      for seed in 0..<25 as Range<UInt64> {
        let cluster = RandomCluster(seed: 400 + seed, hasTiers: seed % 3 == 0)
        let scope = Scope(
          node: "n1", policesOwnNode: seed % 2 == 0, failsClosed: seed % 4 == 1)
        var options = IptablesOptions(
          deny: seed % 5 == 0 ? .reject : .drop, denyLog: seed % 4 == 0 ? DenyLogging() : nil,
          setLimit: seed % 4 == 0 ? 1 : 900)
        options.masquerade = try Self.masquerade(seed)
        let filter = lower(cluster.graph(for: scope), options).filter
        let change = try session.apply(.iptables(filter, variant))
        #expect(change.leftover == nil && change.unread == [])
        let installed = try tools.list().installed()
        #expect(installed.difference(to: filter).isEmpty, "seed \(seed)")
        #expect(installed.unfinishedSets.isEmpty)
        // With comments too, which are no part of a difference; but what stayed kept its own.
        if change.from == 0 {
          for family in IPFamily.allCases {
            #expect(installed.filter.listing(family) == filter.listing(family))
            #expect(installed.filter.listing(family, .nat) == filter.listing(family, .nat))
          }
        }
        #expect(installed.filter.setListing == filter.setListing)
        #expect(try session.apply(.iptables(filter, variant)).isEmpty)
        #expect(try session.preview(.iptables(filter, variant), asksKernel: true).isEmpty)
        #expect(try session.status().drift.isEmpty)
      }
    }
  }
}
