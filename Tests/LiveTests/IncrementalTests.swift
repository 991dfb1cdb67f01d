import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// What an apply leaves alone.
  @Suite struct IncrementalTests {
    private let node: LiveNode
    private let laboratory: Laboratory
    private let policies = [
      Policies.ingress("beta", from: [Policies.pod("alpha")]),
      Policies.ingress("gamma", from: [Policies.pod("alpha"), Policies.pod("stranger")]),
    ]

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
      try node.apply(policies)
      // So that counters count.
      for _ in 1...2 {
        _ = try laboratory.run(
          ["10.244.1.2", "10.244.1.3"].map {
            try LabAttempt(.udp, from: "alpha", to: parse($0), port: 80)
          })
      }
    }

    /// The rules of a chain, each with its count and its handle.
    private func rules(of chain: String) throws -> [Substring] {
      try laboratory.nft(["-a", "list", "chain", "ip", "netpolc", chain]).split(separator: "\n")
        .filter { $0.contains("# handle") && !$0.contains("chain ") }
    }

    /// The number of changes that the kernel has seen.
    private func generation() throws -> UInt32 { try node.kernelGeneration() }

    @Test func `the same again sends nothing`() throws {
      let (rules, generation) = try (node.rules(), generation())
      #expect(try node.apply(policies).errors.contains("nothing sent"))
      // Lines that move are other comments only.
      #expect(
        try node.apply(["# moved\n\n\n" + policies[0], policies[1]]).errors.contains("nothing sent")
      )
      #expect(try self.generation() == generation)
      #expect(try node.rules() == rules)
      #expect(try node.cleanGeneration() == "1")
    }

    @Test func `a pod more is elements, not rules`() throws {
      let before = try (rules(of: "pi/shop/beta-ingress"), rules(of: "pi/shop/gamma-ingress"))
      let objects = try node.withoutElements()
      try node.apply(policies + [Policies.stranger(1)])
      #expect(try (rules(of: "pi/shop/beta-ingress"), rules(of: "pi/shop/gamma-ingress")) == before)
      #expect(before.0.contains { $0.contains("packets 2") }, "\(before.0)")
      #expect(try node.withoutElements() == objects)
      #expect(try node.rules().contains("10.244.1.101"))
      try node.apply(policies)
      #expect(try !node.rules().contains("10.244.1.101"))
    }

    @Test func `an edit touches the policy's own chain`() throws {
      let (beta, gamma) = try (
        rules(of: "pi/shop/beta-ingress"), rules(of: "pi/shop/gamma-ingress")
      )
      #expect(gamma.count == 2)
      let edited = Policies.ingress(
        "gamma", from: [Policies.pod("alpha"), Policies.outside[0], Policies.pod("stranger")])
      try node.apply([policies[0], edited])
      #expect(try rules(of: "pi/shop/beta-ingress") == beta)
      let after = try rules(of: "pi/shop/gamma-ingress")
      #expect(after.count == 3)
      #expect(after.first == gamma.first, "alpha's rule keeps its handle and its count")
    }

    @Test func `other tables stay as they are`() throws {
      let others = """
        table ip kube-proxy {
          map service-ips {
            type ipv4_addr . inet_proto . inet_service : verdict
            elements = { 10.96.0.1 . tcp . 443 : goto endpoint }
          }
          chain endpoint { meta l4proto tcp dnat to 10.244.1.2:8443; }
          chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
          chain nat-prerouting {
            type nat hook prerouting priority -100; policy accept;
            jump services
          }
        }
        table inet filter {
          chain forward { type filter hook forward priority 0; policy accept; counter; }
        }
        table bridge others {
          chain c {
            counter
          }
        }
        """
      try laboratory.load(ruleset: others)
      func list() throws -> [String] {
        try [["ip", "kube-proxy"], ["inet", "filter"], ["bridge", "others"]].map {
          try laboratory.nft(["-a", "list", "table"] + $0)
        }
      }
      let before = try list()
      try node.apply(policies + [Policies.egress("alpha", to: [])])
      try node.apply([])
      #expect(try list() == before)
      try node.netpolc("rollback")
      #expect(try list() == before)
      try node.netpolc("uninstall")
      #expect(try list() == before)
      #expect(try !laboratory.nft(["list", "tables"]).contains("table ip netpolc"))
      #expect(try !laboratory.nft(["list", "tables"]).contains("table ip6 netpolc"))
      #expect(try node.netpolc("uninstall").errors.contains("nothing to remove"))
    }

    @Test(
      .enabled(if: findExecutable("iptables-nft") != nil, "needs iptables-nft, of package iptables")
    )
    func `rules of iptables stay as they are`() throws {
      let rules = [
        ["-N", "KUBE-FORWARD"], ["-A", "FORWARD", "-j", "KUBE-FORWARD"],
        ["-A", "KUBE-FORWARD", "-m", "conntrack", "--ctstate", "INVALID", "-j", "DROP"],
        [
          "-A", "KUBE-FORWARD", "-s", "10.244.1.0/24", "-p", "tcp", "--dport", "80", "-j", "ACCEPT",
        ],
      ]
      for rule in rules {
        let result = try laboratory.runInNode(["iptables-nft"] + rule)
        try #require(result.succeeded, "\(result.errors)")
      }
      func saved() throws -> String {
        try laboratory.runInNode(["iptables-nft", "-S"]).output
      }
      let before = try saved()
      #expect(before.contains("KUBE-FORWARD"))
      try node.apply(policies + [Policies.egress("alpha", to: [])])
      try node.netpolc("rollback")
      try node.netpolc("uninstall")
      #expect(try saved() == before)
    }

    @Test func `what somebody flushes is seen and comes back`() throws {
      let installed = try node.installed()
      try laboratory.flushRuleset()
      let status = try node.netpolc("status", expecting: 1)
      #expect(status.output.contains("enforcing  nothing"))
      #expect(status.output.contains("netpolc apply mends it"))
      try node.apply(policies)
      #expect(try node.holds(installed))
      try node.cleanGeneration()
    }

    @Test func `what somebody changes back to what it was is recorded`() throws {
      // The kernel holds what is wanted already, but the record says otherwise.
      let text = try laboratory.nft(["-s", "list", "ruleset"])
      try node.apply([policies[0]])
      try laboratory.flushRuleset()
      try laboratory.load(ruleset: text)
      try node.netpolc("status", expecting: 1)
      #expect(try node.apply(policies).errors.contains("nothing sent"))
      try node.cleanGeneration()
    }
  }
}
