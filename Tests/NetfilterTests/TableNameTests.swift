import Host
import NetSets
import Nftables
import TestSupport
import Testing

@testable import Netfilter

/// What anybody has in a network namespace, and what its kernel takes.
@Suite(.enabled(if: Laboratory.unavailable == nil, "\(Laboratory.unavailable ?? "It can run.")"))
struct TableNameTests {
  @Test func `tables of every family and their hooks are listed`() throws {
    let namespace = try NetworkNamespace()
    let kernel = try NetlinkKernel(in: namespace)
    #expect(try kernel.tableNames() == [])
    let text = """
      table inet one {
        chain a { type filter hook forward priority 0; }
        chain b { }
      }
      table ip two {
        chain a { type nat hook postrouting priority 100; }
      }
      table bridge three {
        chain a { type filter hook forward priority 0; }
      }
      table arp four { }
      """
    let loading = try namespace.enter { try runProcess(["nft", "-f", "-"], input: text) }
    try #require(loading.succeeded, "\(loading.errors)")
    let names = try kernel.tableNames().map { "\($0.family) \($0.name)" }
    #expect(names.sorted() == ["arp four", "bridge three", "inet one", "ip two"])
    let hooks = try kernel.hookedTables().map { "\($0.table.name) \($0.hook)" }
    #expect(hooks.sorted() == ["one forward", "two postrouting"])
  }

  @Test func `features are tried out, and a dry run leaves nothing`() throws {
    let kernel = try NetlinkKernel(in: NetworkNamespace())
    let refused = try kernel.refusedFeatures(isDryRun: true).map(\.0)
    #expect(try kernel.tableNames() == [])
    #expect(try kernel.refusedFeatures(isDryRun: false).map(\.0) == refused)
    #expect(try kernel.tableNames().count == (KernelFeature.allCases.count - refused.count) * 2)
    // Where nft loads them, so do we.
    for feature in refused { #expect(feature.neededBy != nil, "\(feature)") }
  }

  @Test func `what the kernel does not know is refused for that reason`() throws {
    let kernel = try NetlinkKernel(in: NetworkNamespace())
    // A name that is taken already stands for what a kernel lacks.
    _ = try kernel.refusedFeatures(isDryRun: false)
    let again = try kernel.refusedFeatures(isDryRun: false)
    #expect(again.map(\.0).contains(.tables))
    #expect(again.allSatisfy { $0.1.contains("exist") }, "\(again)")
  }
}
