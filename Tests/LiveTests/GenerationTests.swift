import Diagnostics
import Host
import Manifests
import Nftables
import TestSupport
import Testing

extension Live {
  /// The record of what the kernel was given.
  @Suite struct GenerationTests {
    private let node: LiveNode

    init() throws { node = try LiveNode() }

    private func policies(_ number: Int) -> [String] {
      [Policies.ingress("beta", from: ["ipBlock: {cidr: 10.1.\(number).0/24}"])]
    }

    @Test func `ten generations are kept, and each can be had back`() throws {
      var installed: [Ruleset] = []
      for number in 1...13 {
        try node.apply(policies(number))
        installed.append(try node.installed())
      }
      let names = try #require(node.scratch).names(in: "state").filter { $0.hasPrefix("gen-") }
      #expect(Set(names) == Set((4...13).map { "gen-\($0).nft" }))
      for number in [3, 14, 99] {
        let said = try node.netpolc("rollback", "--to", "\(number)", expecting: 2).errors
        #expect(said.contains("there is no generation \(number); kept are 4, 5,"))
      }
      #expect(try node.holds(installed[12]), "nothing was changed")
      try node.netpolc("rollback", "--to", "6")
      #expect(try node.holds(installed[5]))
      try node.netpolc("rollback")
      #expect(try node.holds(installed[4]))
      try node.netpolc("rollback")
      let said = try node.netpolc("rollback", expecting: 2).errors
      #expect(said.contains("what was there before generation 4 is not kept"), "\(said)")
      #expect(try node.holds(installed[3]), "rather than no rules at all")
      // The file of a generation is one that nft loads.
      try node.laboratory.nft(["-f", "\(node.stateDirectory)/gen-9.nft"])
      #expect(try node.holds(installed[8]))
    }

    @Test func `rolling back the first removes our tables, and uninstalling can be undone`() throws
    {
      try node.apply(policies(1))
      let installed = try node.installed()
      try node.netpolc("uninstall")
      #expect(try node.installed().tables.isEmpty)
      #expect(try node.netpolc("status").output.contains("enforcing  nothing"))
      try node.netpolc("rollback")
      #expect(try node.holds(installed))
      try node.netpolc("rollback")
      #expect(try node.installed().tables.isEmpty)
    }

    @Test func `the status is JSON for who asks`() throws {
      for isApplied in [false, true] {
        if isApplied { try node.apply(policies(1)) }
        let output = try node.netpolc("status", "-o", "json").output
        var diagnostics = Diagnostics()
        let file = ManifestFile(path: "status.json", bytes: Array(output.utf8))
        #expect(parseManifest(file, &diagnostics).count == 1)
        #expect(diagnostics.all.map(\.headline) == [])
        let generation = isApplied ? "1" : "null"
        #expect(output.contains("\"generation\": \(generation)"), "\(output)")
        #expect(output.contains("\"drift\": []"))
      }
    }
  }
}
