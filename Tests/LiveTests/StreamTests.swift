import Apply
import Host
import NetSets
import Netfilter
import OpenFlows
import TestSupport
import Testing

extension Live {
  /// What becomes of connections that are open when policies change.
  @Suite struct StreamTests {
    private static let beta = ["10.244.1.2", "fd00:244::1:2"]
    private let node: LiveNode
    private let laboratory: Laboratory

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
      try node.apply([Policies.ingress("beta", from: [Policies.pod("alpha")])])
    }

    private let denied = [Policies.ingress("beta", from: [Policies.pod("gamma")])]

    @Test(arguments: beta)
    func `what stays allowed lives through ten changes untouched`(_ address: String) throws {
      let stream = try laboratory.stream(from: "alpha", to: LabReceiver(address, 80))
      let datagrams = try laboratory.datagrams(from: "alpha", to: LabReceiver(address, 53))
      let clients = [stream.client, datagrams.client]
      for side in LabSide.allCases {
        #expect(try stream.push(from: side) == .alive)
        #expect(try datagrams.push(from: side))
      }
      let before = try clients.map { try node.entry(from: $0) }
      #expect(!before.contains(nil))
      for number in 1...10 {
        let peers = [Policies.pod("alpha"), Policies.pod("gamma")] + Policies.outside
        var policies = [
          Policies.ingress(
            "beta", from: Array(peers.prefix(1 + number % 4)), name: "p\(number % 3)")
        ]
        if number % 2 == 0 { policies.append(Policies.egress("alpha", to: [Policies.pod("beta")])) }
        if number % 5 == 0 { policies.append(Policies.egress("beta", to: [])) }
        let said = try node.apply(policies).errors
        #expect(!said.contains("nothing sent") && !said.contains("cut"), "\(said)")
        #expect(try stream.push(from: number % 2 == 0 ? .client : .server) == .alive)
        #expect(try datagrams.push(from: number % 2 == 0 ? .server : .client))
      }
      #expect(try clients.map { try node.entry(from: $0) } == before)
    }

    @Test(arguments: beta, LabSide.allCases)
    func `what becomes denied ends at once, and both ends notice`(
      _ address: String, _ first: LabSide
    ) throws {
      let stream = try laboratory.stream(from: "alpha", to: LabReceiver(address, 80))
      #expect(try stream.push(from: first) == .alive)
      #expect(try node.apply(denied).errors.contains("cut 1 open connection"))
      let second: LabSide = first == .client ? .server : .client
      #expect(try stream.push(from: first) == .reset)
      #expect(try stream.push(from: second) == .reset)
      #expect(try node.entry(from: stream.client) == nil)
    }

    @Test(arguments: beta)
    func `datagrams that become denied no longer arrive`(_ address: String) throws {
      let datagrams = try laboratory.datagrams(from: "alpha", to: LabReceiver(address, 53))
      for side in LabSide.allCases { #expect(try datagrams.push(from: side)) }
      #expect(try node.apply(denied).errors.contains("cut 1 open connection"))
      for _ in 1...3 { #expect(try !datagrams.push(from: .client, milliseconds: 100)) }
    }

    @Test func `datagrams that are denied both ways do not come back with the server's`() throws {
      let datagrams = try laboratory.datagrams(from: "alpha", to: LabReceiver("10.244.1.2", 53))
      for side in LabSide.allCases { #expect(try datagrams.push(from: side)) }
      try node.apply(denied + [Policies.egress("beta", to: [])])
      #expect(try !datagrams.push(from: .server, milliseconds: 100))
      #expect(try !datagrams.push(from: .client, milliseconds: 100))
    }

    @Test(arguments: beta)
    func `whoever has an address next inherits no connection of who had it`(
      _ address: String
    ) throws {
      let datagrams = try laboratory.datagrams(from: "alpha", to: LabReceiver(address, 53))
      let stream = try laboratory.stream(from: "alpha", to: LabReceiver(address, 80))
      for side in LabSide.allCases { #expect(try datagrams.push(from: side)) }
      // As if beta were another pod now, which lets nobody in but gamma.
      try node.apply(denied, "--established", "keep")
      #expect(try datagrams.push(from: .client), "what there is to inherit")
      let cutter = try FlowCutter(nil, in: laboratory.nodeNamespace)
      #expect(try cutter.end(cutter.look(forgetting: [parse(address)])) == 2)
      #expect(try !datagrams.push(from: .client, milliseconds: 100))
      #expect(try stream.push(from: .client) != .alive)
    }

    @Test func `what was denied when it was found goes on if it is allowed since`() throws {
      let stream = try laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      let allowing = try FlowCutter(.nftables(node.installed()), in: laboratory.nodeNamespace)
      try node.apply(denied, "--established", "keep")
      let denying = try FlowCutter(.nftables(node.installed()), in: laboratory.nodeNamespace)
      let found = try denying.look()
      #expect(found.denied.count == 1)
      #expect(try allowing.end(found) == 0)
      #expect(try stream.push(from: .client) == .alive)
      #expect(try denying.end(found) == 1)
      #expect(try stream.push(from: .client) == .reset)
    }

    @Test func `with keep, what is open goes on, and nothing new is opened`() throws {
      let target = try LabReceiver("10.244.1.2", 80)
      let stream = try laboratory.stream(from: "alpha", to: target)
      let datagrams = try laboratory.datagrams(from: "alpha", to: LabReceiver("10.244.1.2", 53))
      for side in LabSide.allCases { #expect(try datagrams.push(from: side)) }
      #expect(try !node.apply(denied, "--established", "keep").errors.contains("cut"))
      for side in LabSide.allCases {
        #expect(try stream.push(from: side) == .alive)
        #expect(try datagrams.push(from: side))
      }
      let attempt = LabAttempt(.tcp, from: "alpha", to: target.address, port: 81)
      #expect(try laboratory.run([attempt]) == [false])
      // Who applies again without keep wants them cut.
      #expect(try node.apply(denied).errors.contains("cut 2 open connections"))
      #expect(try stream.push(from: .client) == .reset)
    }

    @Test func `rolling back cuts what the earlier policy denies`() throws {
      try node.apply(denied)
      let stream = try laboratory.stream(from: "gamma", to: LabReceiver("10.244.1.2", 80))
      #expect(try stream.push(from: .server) == .alive)
      #expect(try node.netpolc("rollback").errors.contains("cut 1 open connection"))
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .reset) }
    }

    @Test func `what the node opens to its pods is never cut`() throws {
      let streams = try StreamTests.beta.map {
        try laboratory.stream(from: Laboratory.nodeName, to: LabReceiver($0, 80))
      }
      let said = try node.apply([
        Policies.ingress("beta", from: []), Policies.egress("beta", to: []),
      ])
      #expect(!said.errors.contains("cut"))
      for stream in streams {
        for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
      }
    }

    @Test func `a node on which every connection is over demands SYN as before`() throws {
      let tracked = try Conntrack(in: laboratory.nodeNamespace)
      for entry in try tracked.entries() { _ = try tracked.delete(entry) }
      #expect(try tracked.entries().isEmpty)
      let said = try node.apply([Policies.ingress("beta", from: [Policies.pod("alpha")])]).errors
      #expect(said.contains("the kernel holds it already, nothing sent"), "\(said)")
      #expect(!said.contains("not tracked"), "\(said)")
    }

    @Test func `where nothing was tracked before, what is open goes on`() throws {
      let node = try LiveNode(tracks: false)
      let stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      #expect(try stream.push(from: .client) == .alive)
      let allowed = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
      #expect(try node.apply(allowed).errors.contains("connections were not tracked here before"))
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
      // Now it is tracked, so that a cut is one.
      #expect(try !node.apply(allowed).errors.contains("nothing sent"))
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
      #expect(try node.apply(denied).errors.contains("cut 1 open connection"))
      #expect(try stream.push(from: .server) == .reset)
    }
  }
}
