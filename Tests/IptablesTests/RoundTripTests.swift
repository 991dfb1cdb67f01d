import Backends
import Iptables
import NetSets
import PolicyModel
import TestSupport
import Testing

/// A filter of a generated cluster, with every option now and then.
func generatedFilter(seed: UInt64) -> PacketFilter {
  let cluster = RandomCluster(seed: seed, hasTiers: seed % 3 == 0)
  let options = IptablesOptions(
    deny: seed % 5 == 0 ? .reject : .drop, denyLog: seed % 4 == 0 ? DenyLogging() : nil,
    setLimit: seed % 4 == 0 ? 1 : 900)
  return lower(cluster.graph, options).filter
}

/// What is printed is read back.
@Suite struct RoundTripTests {
  @Test(arguments: 0..<UInt64(60))
  func `a script is read back as what it was printed from`(_ seed: UInt64) throws {
    let filter = generatedFilter(seed: seed)
    let read = try PacketFilter(parsingScript: filter.script)
    #expect(read.tables == filter.tables)
    for (read, printed) in zip(read.sets, filter.sets) { #expect(read == printed) }
    #expect(read == filter)
  }

  @Test(arguments: 0..<UInt64(20))
  func `what is sent to a node without any is all that it then lists`(_ seed: UInt64) throws {
    let filter = generatedFilter(seed: seed)
    let listing = try FilterListing(
      rules: [.ipv4: filter.restoreText(.ipv4), .ipv6: filter.restoreText(.ipv6)],
      sets: filter.setsText)
    let installed = try listing.installed()
    #expect(installed.difference(to: filter).isEmpty)
    #expect(installed.ahead.isEmpty && listing.rulesIntoOurs.isEmpty)
    #expect(FilterChange(from: installed, to: filter).isEmpty)
    #expect(!FilterChange(from: .nothing, to: filter).isEmpty)
  }

  @Test
  func `the matches of a rule are in the order of iptables-save, whatever order they came in`() {
    let prefix = IPPrefix(IPAddress(family: .ipv4, bits: 0x0a00_0000), length: 8)
    let matches: [Match] = [
      .limit(perSecond: 1, burst: 2), .addressIn(.source, set: "npc-p4-1"), .transport(.tcp),
      .address(.destination, prefix),
    ]
    #expect(Rule(matches, .drop) == Rule(matches.reversed(), .drop))
    #expect(
      Rule(matches, .drop).text(.ipv4)
        == "-d 10.0.0.0/8 -p tcp -m set --match-set npc-p4-1 src -m limit --limit 1/sec "
        + "--limit-burst 2 -j DROP")
  }
}
