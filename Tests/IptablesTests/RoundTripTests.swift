import Backends
import Iptables
import Masquerade
import NetSets
import PolicyModel
import TestSupport
import Testing

/// A filter of a generated cluster, with every option now and then.
func generatedFilter(seed: UInt64) -> PacketFilter {
  let cluster = RandomCluster(seed: seed, hasTiers: seed % 3 == 0)
  var options = IptablesOptions(
    deny: seed % 5 == 0 ? .reject : .drop, denyLog: seed % 4 == 0 ? DenyLogging() : nil,
    setLimit: seed % 4 == 0 ? 1 : 900)
  options.masquerade = generatedMasquerade(seed: seed)
  return lower(cluster.graph, options).filter
}

/// nil now and then. Other forms of rules are in the tests of masquerade.
private func generatedMasquerade(seed: UInt64) -> NodeMasquerade? {
  var random = SplitMix64(seed: seed)
  func prefixes(_ texts: String...) -> [IPPrefix] {
    texts.filter { _ in Bool.random(using: &random) }.compactMap { WrittenPrefix($0)?.prefix }
  }
  var plain = PlainMasquerade(from: prefixes("10.244.0.0/16", "fd00:244::/32", "10.9.0.0/16"))
  plain.skip = prefixes("10.9.9.0/24", "192.0.2.1/32", "2001:db8::/32")
  plain.ports = Masquerade.Ports(
    Bool.random(using: &random) ? 1024...2047 : nil,
    Masquerade.Ports.Choice.allCases.randomElement(using: &random) ?? .none)
  guard seed % 4 != 0 else { return nil }
  return NodeMasquerade(plain.masquerade, seed % 5 == 0 ? .override : .own)
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
      rules: Dictionary(
        uniqueKeysWithValues: IPFamily.allCases.map { family in
          (
            family,
            [.filter: filter.restoreText(family), .nat: filter.restoreText(family, .nat)]
          )
        }), sets: filter.setsText)
    let installed = try listing.installed()
    #expect(installed.difference(to: filter).isEmpty)
    #expect(listing.rulesIntoOurs.isEmpty)
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
