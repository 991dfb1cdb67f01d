import Apply
import Glibc
import Host
import NetSets
import Nftables
import Testing

@Suite struct SessionTests {
  private let kernel = FakeKernel()
  private let directory = "/tmp/netpolc-session-\(getpid())-\(UInt32.random(in: 0 ... .max))"

  private func session() throws -> Session<FakeKernel> {
    Session(
      kernel, iptables: nil, generations: try Generations(directory: directory), table: "netpolc")
  }

  private func ruleset(_ port: UInt16) -> Ruleset {
    let rule = Rule([.destinationPort(port...port), .layer4(.tcp)], [.counter], .accept)
    return Ruleset(tables: [
      Table(
        family: .ipv4, name: "netpolc", comment: nil,
        chains: [Chain(name: "pi/a/b", comment: nil, rules: [rule])])
    ])
  }

  private func clean() throws {
    for name in try names(in: directory) { try removeFile("\(directory)/\(name)") }
    rmdir(directory)
  }

  @Test func `a change makes a generation, and no change makes none`() throws {
    let session = try session()
    #expect(try session.apply(.nftables(ruleset(80))).to == 1)
    #expect(try session.apply(.nftables(ruleset(80))).to == 1)
    #expect(try session.apply(.nftables(ruleset(81))).to == 2)
    #expect(try session.generations.numbers == [1, 2])
    #expect(try session.status().drift.isEmpty)
    try clean()
  }

  @Test func `rolling back gives what was there before, however often`() throws {
    let session = try session()
    _ = try session.apply(.nftables(ruleset(80)))
    _ = try session.apply(.nftables(ruleset(81)))
    #expect(try session.rollBack(to: nil).to == 1)
    #expect(try kernel.read(table: "netpolc").ruleset == ruleset(80))
    #expect(try session.rollBack(to: nil).to == 0)
    #expect(try kernel.read(table: "netpolc").ruleset.tables.isEmpty)
    #expect(try session.rollBack(to: 2).to == 2)
    #expect(try kernel.read(table: "netpolc").ruleset == ruleset(81))
    #expect(try session.apply(.nftables(ruleset(82))).to == 3)
    try clean()
  }

  @Test func `a bridge table is made, made anew, taken back and removed with the rest`() throws {
    func ruleset(_ ports: [String]) -> Ruleset {
      var ruleset = self.ruleset(80)
      ruleset.bridge = BridgeTable(
        name: "netpolc", comment: nil, ports: ports, senders: [], rules: [.hook: [.lookAtPorts]])
      return ruleset
    }
    let session = try session()
    _ = try session.apply(.nftables(self.ruleset(80)))
    let added = try session.apply(.nftables(ruleset(["veth0"]))).transaction
    #expect(added.steps.isEmpty && added.count == 1)
    #expect(try session.apply(.nftables(ruleset(["veth0"]))).transaction.isEmpty)
    _ = try session.apply(.nftables(ruleset(["veth0", "veth1"])))
    #expect(try kernel.read(table: "netpolc").ruleset == ruleset(["veth1", "veth0"]))
    _ = try Applier(kernel, table: "netpolc").apply(ruleset(["veth1"]))
    let drift = try session.status().drift.compactMap { difference in
      if case .bridge(let bridge) = difference { bridge.objects.map(\.removed) } else { nil }
    }
    #expect(drift == [[["veth0"]]])
    #expect(try session.rollBack(to: nil).to == 2)
    #expect(try kernel.read(table: "netpolc").ruleset == ruleset(["veth0"]))
    #expect(try session.rollBack(to: 1).transaction.bridge == .delete)
    #expect(try session.rollBack(to: 2).to == 2)
    #expect(try session.uninstall([.nftables]).transaction.bridge == .delete)
    #expect(try kernel.read(table: "netpolc").ruleset.isEmpty)
    try clean()
  }

  @Test func `memory of what the kernel holds knows the bridge table`() throws {
    let resident = try ResidentRuleset(kernel, table: "netpolc")
    let table = BridgeTable(
      name: "netpolc", comment: nil, ports: ["veth0"], senders: [], rules: [:])
    let added = Transaction(table: "netpolc", bridge: .replace(table))
    #expect(try resident.commit(added) == .committed)
    #expect(resident.ruleset.bridge == table)
    #expect(try resident.installed().ruleset == kernel.read(table: "netpolc").ruleset)
    #expect(try resident.commit(Transaction(table: "netpolc", bridge: .delete)) == .committed)
    #expect(resident.ruleset.isEmpty)
    let failure = #expect(throws: KernelFailure.self) {
      _ = try resident.commit(Transaction(table: "netpolc", bridge: .delete))
    }
    #expect(failure == .refused(step: 0, code: 2, reason: "no such table"))
  }

  @Test func `what a killed writer left is gone after the next change`() throws {
    let session = try session()
    _ = try session.apply(.nftables(ruleset(80)))
    for file in ["gen-2.nft", "current", "pending"] {
      try writeFile("\(directory)/\(file).tmp.4711", "half")
    }
    _ = try session.apply(.nftables(ruleset(81)))
    #expect(try names(in: directory) == ["current", "gen-1.nft", "gen-2.nft"])
    try clean()
  }

  @Test func `ten generations are kept`() throws {
    let session = try session()
    for port in 1...15 { _ = try session.apply(.nftables(ruleset(UInt16(port)))) }
    #expect(try session.generations.numbers == Array(6...15))
    try clean()
  }

  @Test func `a ruleset that was there before the first apply can be had back`() throws {
    let foreign = try Applier(kernel, table: "netpolc").apply(ruleset(22))
    #expect(!foreign.transaction.isEmpty)
    let session = try session()
    #expect(try session.apply(.nftables(ruleset(80))).from == 1)
    _ = try session.rollBack(to: nil)
    #expect(try kernel.read(table: "netpolc").ruleset == ruleset(22))
    try clean()
  }

  @Test func `what others did to our tables is drift`() throws {
    let session = try session()
    _ = try session.apply(.nftables(ruleset(80)))
    _ = try Applier(kernel, table: "netpolc").apply(ruleset(81))
    #expect(try session.status().drift.count == 1)
    #expect(try session.apply(.nftables(ruleset(80))).to == 2)
    #expect(try session.status().drift.isEmpty)
    try clean()
  }
}
