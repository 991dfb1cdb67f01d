import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// `--anti-spoof` where pods are behind a bridge, with and without `br_netfilter`.
  @Suite(
    .enabled(
      if: Laboratory.bridgingUnavailable == nil,
      "\(Laboratory.bridgingUnavailable ?? "It can run.")"))
  struct BridgedSpoofTests {
    @Test(arguments: ["0", "1"])
    func `what pods and others send by their own addresses passes`(_ filter: String) throws {
      let spoof = try BridgedSpoofLab()
      for path in ["iptables", "ip6tables"] {
        try spoof.nodes.set("bridge/bridge-nf-call-\(path)", filter, on: .node1)
      }
      func seen() throws -> [String: IPAddress?] {
        for host in [TwoNodes.Host.podA, .podB, .node1] {
          try spoof.nodes.run(["ip", "neigh", "flush", "all"], on: host)
        }
        var seen: [String: IPAddress?] = [:]
        for family in IPFamily.allCases {
          for flow in MasqueradeFlow.allCases {
            seen["\(flow) \(family)"] = try spoof.lab.seen(flow, family)
          }
        }
        return seen
      }
      let before = try seen()
      try spoof.apply()
      #expect(try seen() == before)
      #expect(before.values.count { $0 != nil } >= (filter == "1" ? 20 : 18))
      for family in IPFamily.allCases {
        for server in [TwoNodes.Host.podB, .podC, .node1, .internet] {
          let own = spoof.nodes.address(.podA, family)
          #expect(try spoof.nodes.datagramArrives(from: .podA, own, to: server))
        }
      }
      #expect(try spoof.dropped() == 0)
    }

    @Test func `any other address is dropped and counted, on the bridge and beyond it`() throws {
      let spoof = try BridgedSpoofLab()
      try spoof.takeAddresses()
      func arriving() throws -> [String] {
        try BridgedSpoofLab.others.flatMap { address in
          try [TwoNodes.Host.podB, .podC, .node1].filter { server in
            // Nobody takes a packet from himself.
            spoof.nodes.address(server, address.family) != address
          }.filter { try spoof.nodes.datagramArrives(from: .podA, address, to: $0) }
            .map { "\(address) to \($0)" }
        }
      }
      let before = try arriving()
      for address in BridgedSpoofLab.others {
        #expect(before.contains { $0.hasPrefix("\(address) ") }, "\(before)")
      }
      try spoof.apply()
      #expect(try arriving() == [])
      #expect(try spoof.dropped() ?? 0 >= before.count)
      try spoof.netpolc("uninstall")
      #expect(try arriving() == before)
      #expect(try !spoof.nodes.run(["nft", "list", "tables"], on: .node1).contains("netpolc"))
      try spoof.netpolc("rollback", "--to", "1")
      #expect(try arriving() == [])
    }

    @Test func `another hardware address is dropped`() throws {
      let spoof = try BridgedSpoofLab()
      try spoof.apply()
      let own = try spoof.hardware(of: .podA)
      for (hardware, passes) in [
        ("02:99:00:00:00:01", false), ("\(try spoof.hardware(of: .podB))", false), ("\(own)", true),
      ] {
        try spoof.nodes.run(["ip", "link", "set", "dev", "eth0", "address", hardware], on: .podA)
        let address = spoof.nodes.address(.podA, .ipv4)
        let before = try #require(try spoof.dropped())
        #expect(
          try spoof.nodes.datagramArrives(from: .podA, address, to: .node1) == passes, "\(hardware)"
        )
        #expect(try (spoof.dropped() ?? 0 > before) != passes)
      }
    }

    @Test func `no neighbour believes what is not so`() throws {
      let spoof = try BridgedSpoofLab()
      let nodes = spoof.nodes
      try nodes.set("ipv4/neigh/eth0/locktime", "0", on: .podB)
      let liar = try spoof.hardware(of: .podA)
      let namespace = nodes.namespace(of: .podA)
      let gateways = ["10.244.1.1", "fd00:244:1::1"].compactMap { IPAddress($0) }
      let linkLocal = liar.linkLocal

      /// Says to podB that podA is the gateway, in each way that there is.
      func lie() throws {
        let (a, b) = (TwoNodes.addresses(of: .podA), TwoNodes.addresses(of: .podB))
        var frames = [
          LabFrames.ethernet(
            from: liar, type: 0x0806, LabFrames.arpReply(gateways[0], at: liar, to: b[0]))
        ]
        for source in [a[1], linkLocal, gateways[1]] {
          frames.append(
            LabFrames.ethernet(
              from: liar, type: 0x86dd,
              LabFrames.advertisement(of: gateways[1], at: liar, from: source, to: b[1])))
        }
        for frame in frames { try namespace.send(frame: frame, on: "eth0") }
      }
      func believed() throws -> [String?] {
        for family in IPFamily.allCases {
          _ = try nodes.source(from: .podB, to: .node1, family: family)
          _ = try nodes.source(from: .podB, to: .internet, family: family)
        }
        try lie()
        return try gateways.map { try spoof.neighbour($0, of: .podB) }
      }
      // The test lies well: without rules it is believed.
      try eventually { try believed() == [liar.description, liar.description] }
      try nodes.run(["ip", "neigh", "flush", "all"], on: .podB)
      try spoof.apply()
      let told = try believed()
      #expect(!told.contains(liar.description) && !told.contains(nil))
      #expect(try spoof.dropped() == 4)
      // Tagged, from another's port, or a router.
      let own = TwoNodes.addresses(of: .podA)
      for frame in [
        LabFrames.ethernet(
          from: liar, type: 0x8100,
          [0, 5, 0x08, 0x06] + LabFrames.arpReply(own[0], at: liar, to: own[0])
        ),
        LabFrames.ethernet(from: liar, type: 0x88cc, Array(repeating: 0, count: 50)),
        LabFrames.ethernet(
          from: try spoof.hardware(of: .podB), type: 0x0806,
          LabFrames.arpReply(own[0], at: liar, to: own[0])),
        LabFrames.ethernet(
          from: liar, type: 0x86dd, LabFrames.routerAdvertisement(from: linkLocal, to: own[1])),
      ] {
        let before = try spoof.dropped() ?? 0
        try namespace.send(frame: frame, on: "eth0")
        #expect(try spoof.dropped() == before + 1)
      }
      // The truth is let through.
      let before = try spoof.dropped()
      try namespace.send(
        frame: LabFrames.ethernet(
          from: liar, type: 0x0806, LabFrames.arpReply(own[0], at: liar, to: own[0])), on: "eth0")
      try namespace.send(
        frame: LabFrames.ethernet(
          from: liar, type: 0x86dd,
          LabFrames.advertisement(of: own[1], at: liar, from: own[1], to: own[1])), on: "eth0")
      #expect(try spoof.dropped() == before)
    }

    @Test func `a link's own address is made sure to be free, and kept`() throws {
      let spoof = try BridgedSpoofLab()
      try spoof.apply()
      try spoof.nodes.run(
        ["nft", "-f", "-"], on: .node1,
        input: """
          table bridge lab {
            counter unspecified { }
            chain prerouting {
              type filter hook prerouting priority 0; policy accept;
              iifname "veth-podA" ip6 saddr :: counter name unspecified
            }
          }

          """)
      try spoof.nodes.set("ipv6/conf/eth0/accept_dad", "1", on: .podA)
      let own = try spoof.hardware(of: .podA).linkLocal
      try spoof.nodes.run(["ip", "address", "del", "\(own)/64", "dev", "eth0"], on: .podA)
      try spoof.nodes.run(["ip", "address", "add", "\(own)/64", "dev", "eth0"], on: .podA)
      try eventually {
        try spoof.nodes.run(["ip", "-6", "address", "show", "tentative"], on: .podA).isEmpty
      }
      #expect(
        try !spoof.nodes.run(
          ["nft", "list", "counter", "bridge", "lab", "unspecified"], on: .node1
        )
        .contains("packets 0 "))
      #expect(try spoof.dropped() == 0)
    }

    @Test func `what somebody changes in the table is seen, and mended`() throws {
      let spoof = try BridgedSpoofLab()
      try spoof.apply()
      #expect(try spoof.netpolc("status").output.contains("table      bridge netpolc: "))
      for change in [
        "flush set bridge netpolc own-ip", "flush chain bridge netpolc g-port",
        "delete table bridge netpolc", "flush chain bridge netpolc g-target",
      ] {
        try spoof.nodes.run(["nft", change], on: .node1)
        let status = try spoof.netpolc("status")
        #expect(status.status == 1, "\(change)")
        #expect(status.output.contains("netpolc apply mends it"), "\(change)")
        try spoof.apply()
        let mended = try spoof.netpolc("status")
        #expect(mended.status == 0, "\(change): \(mended.output)")
      }
      try spoof.nodes.run(["nft", "add chain bridge netpolc x-y"], on: .node1)
      #expect(try spoof.netpolc("status").errors.contains("chain x-y in table bridge netpolc"))
      #expect(try spoof.netpolc("uninstall").status == 0)
      #expect(try !spoof.nodes.run(["nft", "list", "tables"], on: .node1).contains("netpolc"))
    }

    @Test(
      .enabled(if: MasqueradeLab.hasPlugins, "needs the plugins of containernetworking-plugins"))
    func `what the plugin bridge answers is enough to know its pods by`() throws {
      let lab = try MasqueradeLab(.byTest)
      let answers = try lab.attach(by: "bridge")
      for (pod, answer) in zip([TwoNodes.Host.podA, .podB], answers) {
        try lab.cache(of: pod, result: answer, in: "results")
      }
      try lab.apply(["--anti-spoof", "--cni-results", "\(lab.directory)/results"])
      for family in IPFamily.allCases {
        #expect(try lab.seen(.podToPodHere, family) == lab.nodes.address(.podA, family))
        #expect(try lab.seen(.nodeToPod, family) != nil)
        #expect(try lab.seen(.podToInternet, family) != nil)
      }
      let stolen = try #require(IPAddress("10.244.1.77"))
      try lab.nodes.run(["ip", "address", "add", "\(stolen)/32", "dev", "lo"], on: .podA)
      #expect(try !lab.nodes.datagramArrives(from: .podA, stolen, to: .podB))
    }
  }
}
