import Apply
import Backends
import Compiler
import Host
import Iptables
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
        let options = IptablesOptions(
          deny: seed % 5 == 0 ? .reject : .drop, denyLog: seed % 4 == 0 ? DenyLogging() : nil,
          setLimit: seed % 4 == 0 ? 1 : 900)
        let filter = lower(cluster.graph(for: scope), options).filter
        let change = try session.apply(.iptables(filter, variant))
        #expect(change.leftover == nil && change.unread == [])
        let installed = try tools.list().installed()
        #expect(installed.difference(to: filter).isEmpty, "seed \(seed)")
        #expect(installed.ahead.isEmpty && installed.unfinishedSets.isEmpty)
        // With comments too, which are no part of a difference; but what stayed kept its own.
        if change.from == 0 {
          for family in IPFamily.allCases {
            #expect(installed.filter.listing(family) == filter.listing(family))
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
