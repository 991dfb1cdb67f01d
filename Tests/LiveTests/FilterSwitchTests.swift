import Apply
import Host
import Iptables
import NetSets
import Nftables
import TestSupport
import Testing

extension Live {
  /// Rules that move from one firewall to another.
  @Suite(
    .enabled(
      if: IptablesVariant.unavailable == nil, "\(IptablesVariant.unavailable ?? "It can run.")"))
  struct FilterSwitchTests {
    private let node: LiveNode
    private let laboratory: Laboratory
    private let policies = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
    private let others = Policies.ofOthers

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
    }

    @Test func `rules go from firewall to firewall and back`() throws {
      try node.apply(policies)
      #expect(
        try node.applyFilter(policies, .nft).errors.contains("removed our rules from nftables"))
      #expect(try node.installed().tables.isEmpty)
      let said = try node.applyFilter(policies, .legacy).errors
      #expect(said.contains("removed our rules from iptables (nft)"), "\(said)")
      #expect(try node.installedFilter(.nft).filter.tables.isEmpty)
      try node.cleanGeneration()
      let back = try node.apply(policies).errors
      #expect(back.contains("removed our rules from iptables (legacy)"), "\(back)")
      #expect(try node.installedFilter(.legacy) == .nothing)
      try node.cleanGeneration()
      for (generation, variant) in [(3, IptablesVariant.legacy), (2, .nft)] {
        try node.netpolc("rollback")
        #expect(try node.cleanGeneration() == "\(generation)")
        #expect(try !node.installedFilter(variant).filter.tables.isEmpty)
        #expect(try node.installedFilter(variant.other).filter.tables.isEmpty)
        #expect(try node.installed().tables.isEmpty)
        #expect(try node.reaching("beta") == ["alpha"])
      }
      try node.netpolc("rollback")
      #expect(try node.cleanGeneration() == "1")
      #expect(try !node.installed().tables.isEmpty)
      #expect(try node.installedFilter() == .nothing)
    }

    @Test func `what a script brought before the first apply can be had back`() throws {
      try node.applyFilter(policies, .legacy)
      let script = "\(node.stateDirectory)/gen-1.iptables-legacy.sh"
      #expect(try laboratory.runInNode(["rm", "-f", "\(node.stateDirectory)/current"]).succeeded)
      try node.apply(others)
      #expect(try node.installedFilter(.legacy) == .nothing)
      try node.netpolc("rollback")
      #expect(try node.reaching("beta") == ["alpha"])
      #expect(try !node.installedFilter(.legacy).filter.tables.isEmpty)
      #expect(try laboratory.runInNode(["test", "-e", script]).succeeded)
    }

    @Test func `what is not confirmed goes back, also to another firewall`() throws {
      try node.apply(policies)
      let result = try node.applyFilter(others, .legacy, "--confirm-within", "1s", expecting: 4)
      #expect(result.errors.contains("rolled back to generation 1"), "\(result.errors)")
      #expect(try node.cleanGeneration() == "1")
      #expect(try node.installedFilter(.legacy) == .nothing)
      #expect(try node.reaching("beta") == ["alpha"])
      let probed = try node.applyFilter(others, .nft, "--probe", "tcp:127.0.0.1:9", expecting: 4)
      #expect(probed.errors.contains("a probe failed"))
      #expect(try node.cleanGeneration() == "1")
    }
  }
}
