import Backends
import Host
import Iptables
import NetSets
import Netfilter
import Nftables
import PolicyModel
import TestSupport
import Testing

/// What is kept is what the kernel has, to the byte, also when it is loaded over itself.
@Suite(.enabled(if: Laboratory.unavailable == nil, "needs namespaces and nft"))
struct LiveGoldenTests {
  @Test(arguments: Example.all)
  func `nft lists a ruleset as it is kept`(_ example: Example) throws {
    // What is kept, or another test fails; the file may be just being written.
    let kept = try example.ruleset().text
    let result = try runProcess(
      [
        "unshare", "--net", "sh", "-c",
        "nft -f /dev/stdin && nft -f /dev/stdin && nft -s list ruleset",
      ], input: kept)
    #expect(result.succeeded, "\(result.errors)")
    let lines = kept.split(separator: "\n", omittingEmptySubsequences: false)
    let expected = lines.filter { !$0.hasPrefix("add table ") && !$0.hasPrefix("delete table ") }
    let difference = firstDifference(expected.joined(separator: "\n"), result.output)
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test(arguments: Example.all)
  func `a ruleset sent over netlink is listed as nft's own`(_ example: Example) throws {
    let ruleset = try example.ruleset()
    let namespace = try NetworkNamespace()
    let kernel = try NetlinkKernel(in: namespace)
    let empty = try kernel.read(table: "netpolc")
    let plan = Transaction(from: empty, to: ruleset, table: "netpolc")
    try kernel.commit(plan, onGeneration: empty.generation, isDryRun: false)
    let listing = try namespace.enter { try runProcess(["nft", "-s", "list", "ruleset"]) }
    let expected = ruleset.listing
    let difference = firstDifference(expected, listing.output)
    #expect(difference == nil, "\(difference ?? "")")
    // And it is read back as what it was.
    #expect(try kernel.read(table: "netpolc").ruleset.difference(to: ruleset).isEmpty)
  }

  @Test(
    .enabled(
      if: findExecutable("iptables-legacy") != nil && findExecutable("ipset") != nil,
      "needs iptables of both variants, and ipset"), arguments: Example.all)
  func `iptables lists a script's rules as they are kept`(_ example: Example) throws {
    let graph = try Example.compiled(try example.files()).graph
    let filter = lower(graph, IptablesOptions()).filter
    for variant in ["nft", "legacy"] {
      for family in IPFamily.allCases {
        let command = family == .ipv4 ? "iptables" : "ip6tables"
        let result = try runProcess(
          [
            "unshare", "--net", "env", "IPTABLES=iptables-\(variant)",
            "IP6TABLES=ip6tables-\(variant)", "LOCK=", "sh", "-c",
            "sh /dev/stdin && sh /dev/stdin && \(command)-\(variant) -S",
          ], input: filter.script)
        #expect(result.errors == "")
        let lines = result.output.split(separator: "\n").map(String.init).sorted()
        #expect(lines == filter.listing(family), "\(variant)")
      }
    }
  }
}
