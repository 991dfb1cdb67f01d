import Host
import Nftables
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
}
