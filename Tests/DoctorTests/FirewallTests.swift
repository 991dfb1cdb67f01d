import CNI
import NetSets
import TestSupport
import Testing

@testable import Doctor

/// What others' rules do to packets between pods.
@Suite struct FirewallTests {
  private func forward(_ rules: String, policy: String = "ACCEPT") -> Firewall {
    iptables("*filter\n:FORWARD \(policy) [0:0]\n:OTHER - [0:0]\n\(rules)\nCOMMIT\n")
  }

  private func postrouting(_ rules: String) -> Firewall {
    iptables("*nat\n:POSTROUTING ACCEPT [0:0]\n:OTHER - [0:0]\n\(rules)\nCOMMIT\n")
  }

  private func codes(_ check: String, _ firewall: Firewall) throws -> [String] {
    var fake = FakeNode()
    fake.live.firewall = .known(firewall)
    return try fake.codes(check)
  }

  @Test(arguments: [
    ("", "ACCEPT", []),
    ("", "DROP", ["forward-dropped"]),
    ("-A FORWARD -s 10.244.1.0/24 -j ACCEPT", "DROP", ["forward-dropped"]),
    (
      "-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n-A FORWARD -d 10.244.0.0/16 -j ACCEPT", "DROP", []
    ),
    ("-A FORWARD -i docker0 -j DROP\n-A FORWARD -o docker+ -j DROP", "ACCEPT", []),
    (
      "-A FORWARD -i cni0 -o cni0 -j REJECT --reject-with icmp-port-unreachable", "ACCEPT",
      ["forward-dropped"]
    ),
    (
      "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "DROP",
      ["forward-dropped"]
    ),
    ("-A FORWARD -m conntrack ! --ctstate RELATED,ESTABLISHED -j ACCEPT", "DROP", []),
    ("-A FORWARD -m conntrack --ctstate INVALID -j DROP", "ACCEPT", []),
    // The mark that kube-proxy gives a packet is not there.
    ("-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT", "DROP", ["forward-dropped"]),
    ("-A FORWARD -j OTHER\n-A OTHER -j RETURN\n-A OTHER -j DROP", "ACCEPT", []),
    ("-A FORWARD -g OTHER\n-A FORWARD -j ACCEPT\n-A OTHER -j LOG", "DROP", ["forward-dropped"]),
    ("-A FORWARD -j OTHER\n-A FORWARD -j ACCEPT\n-A OTHER -j LOG", "DROP", []),
    // What is not modelled cannot be told, if it matters.
    ("-A FORWARD -p tcp -m tcp --dport 80 -j DROP", "ACCEPT", ["forward-unclear"]),
    ("-A FORWARD -p tcp -m tcp --dport 80 -j ACCEPT", "ACCEPT", []),
    ("-A FORWARD -m bpf --bytecode \"1,6 0 0 0\" -j OTHER", "DROP", ["forward-dropped"]),
    ("-A FORWARD -m bpf --bytecode \"1,6 0 0 0\" -j DROP", "ACCEPT", ["forward-unclear"]),
    ("-A FORWARD -j NOWHERE", "ACCEPT", ["forward-unclear"]),
    // What netpolc's own chains do is policy.
    ("-A FORWARD -j NPC-FORWARD", "ACCEPT", []),
    ("-A FORWARD -j NFQUEUE --queue-num 1", "ACCEPT", ["forward-unclear"]),
  ])
  func `what is forwarded is followed`(_ rules: String, _ policy: String, _ expected: [String])
    throws
  {
    let found = try codes("forward-drop", forward(rules, policy: policy))
    #expect(Array(Set(found)) == expected)
  }

  @Test func `a node with Docker, kube-proxy and flannel lets pods pass, and without flannel not`()
    throws
  {
    let rules = """
      *filter
      :INPUT ACCEPT [0:0]
      :FORWARD DROP [0:0]
      :DOCKER - [0:0]
      :DOCKER-ISOLATION-STAGE-1 - [0:0]
      :DOCKER-ISOLATION-STAGE-2 - [0:0]
      :DOCKER-USER - [0:0]
      :FLANNEL-FWD - [0:0]
      :KUBE-FORWARD - [0:0]
      :KUBE-PROXY-FIREWALL - [0:0]
      :KUBE-SERVICES - [0:0]
      -A FORWARD -m conntrack --ctstate NEW -m comment --comment "load balancer firewall" -j KUBE-PROXY-FIREWALL
      -A FORWARD -m comment --comment "forwarding rules" -j KUBE-FORWARD
      -A FORWARD -m conntrack --ctstate NEW -m comment --comment "service portals" -j KUBE-SERVICES
      -A FORWARD -j DOCKER-USER
      -A FORWARD -j DOCKER-ISOLATION-STAGE-1
      -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A FORWARD -o docker0 -j DOCKER
      -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
      -A FORWARD -i docker0 -o docker0 -j ACCEPT
      -A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
      -A DOCKER ! -i docker0 -o docker0 -j DROP
      -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
      -A DOCKER-ISOLATION-STAGE-1 -j RETURN
      -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
      -A DOCKER-ISOLATION-STAGE-2 -j RETURN
      -A DOCKER-USER -j RETURN
      -A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
      -A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
      -A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name x -j DROP
      -A KUBE-FORWARD -m comment --comment "forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
      -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A KUBE-SERVICES -d 10.96.4.4/32 -p tcp -m comment --comment "no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
      COMMIT
      """
    #expect(try codes("forward-drop", iptables(rules)) == [])
    let lines = rules.split(separator: "\n").filter { !$0.hasPrefix("-A FLANNEL-FWD") }
    let found = try codes("forward-drop", iptables(lines.joined(separator: "\n")))
    #expect(Set(found) == ["forward-dropped"])
  }

  @Test func `what drops any packet needs no address of a pod`() throws {
    var fake = FakeNode(Conflist.plugin("calico"))
    fake.live.firewall = .known(forward("-A FORWARD -i docker0 -j ACCEPT", policy: "DROP"))
    #expect(try Set(fake.codes("forward-drop")) == ["forward-dropped"])
    fake.live.firewall = .known(forward("-A FORWARD -s 10.0.0.0/8 -j ACCEPT", policy: "DROP"))
    #expect(try Set(fake.codes("forward-drop")) == ["forward-unclear"])
    fake.live.firewall = .known(forward("-A FORWARD -s 10.0.0.0/8 -j ACCEPT"))
    #expect(try fake.codes("forward-drop") == [])
  }

  @Test func `chains that lead to each other end`() throws {
    let firewall = forward("-A FORWARD -j OTHER\n-A OTHER -j OTHER")
    #expect(try codes("forward-drop", firewall) == ["forward-unclear"])
  }

  @Test func `the policy of FORWARD is mended by letting pods pass`() throws {
    var fake = FakeNode()
    fake.live.firewall = .known(forward("", policy: "DROP"))
    let finding = try #require(try fake.examine("forward-drop").findings.first)
    #expect(
      finding.fix.commands.map(\.text) == [
        "iptables-nft -A FORWARD -s 10.244.1.0/24 -j ACCEPT",
        "iptables-nft -A FORWARD -d 10.244.1.0/24 -j ACCEPT",
      ])
    #expect(try fake.examination().verdict == .holds)
  }

  @Test(arguments: [
    // The bridge plugin's: its exemption is the node's own range.
    (
      """
      -A POSTROUTING -s 10.244.1.7/32 -m comment --comment "name: \\"x\\" id: \\"y\\"" -j OTHER
      -A OTHER -d 10.244.1.0/24 -m comment --comment x -j ACCEPT
      -A OTHER ! -d 224.0.0.0/4 -j MASQUERADE
      """, "pod-address-hidden"
    ),
    (
      "-A POSTROUTING -s 10.244.1.0/24 -o eth0 -j SNAT --to-source 192.168.50.1",
      "pod-address-hidden"
    ),
    ("-A POSTROUTING -s 10.244.1.0/24 -o wlan0 -j MASQUERADE", ""),
    // Flannel's.
    (
      """
      -A POSTROUTING -j OTHER
      -A OTHER -m mark --mark 0x4000/0x4000 -j RETURN
      -A OTHER -s 10.244.1.0/24 -d 10.244.0.0/16 -j RETURN
      -A OTHER -s 10.244.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE --random-fully
      """, ""
    ),
    // kube-proxy's.
    (
      """
      -A POSTROUTING -j OTHER
      -A OTHER -m mark ! --mark 0x4000/0x4000 -j RETURN
      -A OTHER -j MARK --set-xmark 0x4000/0x0
      -A OTHER -j MASQUERADE --random-fully
      """, ""
    ),
    // ip-masq-agent's.
    (
      """
      -A POSTROUTING -m addrtype ! --dst-type LOCAL -j OTHER
      -A OTHER -d 10.0.0.0/8 -j RETURN
      -A OTHER -j MASQUERADE
      """, ""
    ),
    // Docker's, and libvirt's.
    ("-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", ""),
    (
      "-A POSTROUTING -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535",
      ""
    ),
    ("-A POSTROUTING -s 10.244.0.0/16 -m set --match-set pods dst -j MASQUERADE", "unknown"),
    ("-A POSTROUTING -m statistic --mode random --probability 0.5 -j MASQUERADE", "unknown"),
    (
      "-A POSTROUTING -j MARK --set-xmark 0x1/0x1\n-A POSTROUTING -m mark --mark 0x2/0x2 -j MASQUERADE",
      "unknown"
    ),
  ])
  func `what leaves for other nodes' pods is followed`(_ rules: String, _ expected: String) throws {
    var fake = FakeNode()
    fake.live.firewall = .known(postrouting(rules))
    let result = try fake.examine("masquerade")
    #expect(
      result.findings.map(\.code).first ?? (result.unknown == nil ? "" : "unknown") == expected)
  }

  @Test func `a set of ipset is looked into`() throws {
    let sets = IpsetSaveReader.sets(
      """
      create pods hash:net family inet hashsize 1024 maxelem 65536
      add pods 10.244.0.0/16
      create one hash:ip family inet
      add one 10.0.0.1
      create holes hash:net family inet
      add holes 10.0.0.0/8
      add holes 10.1.0.0/16 nomatch
      create ports hash:ip,port family inet
      add ports 10.0.0.1,tcp:80
      """)
    #expect(sets.keys.sorted() == ["one", "pods"])
    let reader = IptablesSaveReader(family: .ipv4, owner: .iptablesNft, sets: sets)
    var fake = FakeNode()
    fake.live.firewall = .known(
      Firewall(
        tables: reader.tables(
          """
          *nat
          :POSTROUTING ACCEPT [0:0]
          -A POSTROUTING -m set --match-set pods src -m set ! --match-set pods dst -j MASQUERADE
          COMMIT
          """)))
    let result = try fake.examine("masquerade")
    #expect(result.findings.isEmpty && result.unknown == nil)
  }

  @Test func `without other nodes' ranges it cannot be told, and --cluster-cidr settles it`() throws
  {
    var fake = FakeNode()
    fake.files["proc/thread-self/net/route"] = "Iface\n"
    #expect(try fake.examine("masquerade").unknown == nil)
    fake.live.firewall = .known(
      postrouting("-A POSTROUTING -s 10.244.1.0/24 ! -d 10.244.1.0/24 -j MASQUERADE"))
    #expect(try fake.examine("masquerade").unknown?.contains("--cluster-cidr") == true)
    fake.clusterNetworks = [prefix("10.244.0.0/16")]
    let finding = try #require(try fake.examine("masquerade").findings.first)
    #expect(finding.level == .error)
    #expect(finding.fix.commands.map(\.text).joined().contains("counter snat to ip saddr"))
    #expect(try fake.examination().verdict == .fails)
    // Nor need this node's own range be known.
    fake.files["etc/cni/net.d/10-network.conflist"] = Conflist.plugin("ptp")
    fake.live.firewall = .known(postrouting("-A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE"))
    #expect(try fake.codes("masquerade") == ["pod-address-hidden"])
  }

  @Test func `rules about others need no range of pods`() throws {
    var fake = FakeNode()
    fake.files["proc/thread-self/net/route"] = "Iface\n"
    fake.live.firewall = .known(
      postrouting("-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"))
    #expect(try fake.examine("masquerade").unknown == nil)
    fake.files["etc/cni/net.d/10-network.conflist"] = Conflist.plugin("ptp")
    #expect(try fake.examine("masquerade").unknown?.contains("--cluster-cidr") == true)
  }

  @Test func `what the plugin will do is foreseen on a node without pods`() throws {
    var fake = FakeNode(Conflist.bridge(#""ipMasq": true,"#))
    #expect(try fake.codes("masquerade") == ["pod-address-hidden"])
    // A binding of pods' own addresses comes before it.
    let keeping = """
      {"nftables": [{"table": {"family": "ip", "name": "pod-addresses"}}, {"chain": {"family": "ip",
      "table": "pod-addresses", "name": "c", "type": "nat", "hook": "postrouting", "prio": 90,
      "policy": "accept"}}, {"rule": {"family": "ip", "table": "pod-addresses", "chain": "c",
      "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}},
      "right": {"prefix": {"addr": "10.244.0.0", "len": 16}}}}, {"snat": {"addr":
      {"payload": {"protocol": "ip", "field": "saddr"}}}}]}}]}
      """
    let tables = try #require(NftJSONReader.tables(Array(keeping.utf8)))
    fake.live.firewall = .known(Firewall(tables: tables))
    #expect(try fake.codes("masquerade") == [])
  }

  @Test func `what firewalld drops is mended by firewalld`() throws {
    let rejecting = """
      {"nftables": [{"table": {"family": "inet", "name": "firewalld"}}, {"chain": {"family": "inet",
      "table": "firewalld", "name": "filter_FORWARD", "type": "filter", "hook": "forward", "prio": 10,
      "policy": "accept"}}, {"rule": {"family": "inet", "table": "firewalld", "chain":
      "filter_FORWARD", "expr": [{"reject": {"type": "icmpx", "expr": "admin-prohibited"}}]}}]}
      """
    var fake = FakeNode()
    fake.live.firewall = .known(
      Firewall(tables: try #require(NftJSONReader.tables(Array(rejecting.utf8)))))
    let finding = try #require(try fake.examine("forward-drop").findings.first)
    #expect(finding.code == "forward-dropped")
    #expect(finding.fix.words.contains("firewall-cmd --permanent --zone=trusted --add-source"))
  }

  @Test func `rules that cannot be read are unknown`() throws {
    var fake = FakeNode()
    fake.live.firewall = .known(
      Firewall(
        unreadable: [.forward, .postrouting].map {
          Firewall.Unreadable(table: "inet x", hook: $0, why: "nft is not installed")
        }))
    #expect(try fake.codes("forward-drop") == ["forward-unread"])
    #expect(try fake.examine("masquerade").unknown == "table inet x: nft is not installed")
    fake.live.firewall = .unknown("it needs CAP_NET_ADMIN")
    for name in ["forward-drop", "masquerade", "iptables-legacy", "leftovers"] {
      #expect(try fake.examine(name).unknown == "it needs CAP_NET_ADMIN")
    }
  }

  @Test func `rules of iptables-legacy beside nft's are a warning`() throws {
    let legacy = iptables(
      "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n", .ipv4, .iptablesLegacy)
    let empty = iptables("*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n", .ipv4, .iptablesLegacy)
    var fake = FakeNode()
    fake.live.firewall = .known(empty)
    #expect(try fake.codes("iptables-legacy") == [])
    fake.live.firewall = .known(legacy)
    #expect(try fake.examine("iptables-legacy").findings.map(\.level) == [.note])
    let both = Firewall(tables: legacy.tables + forward("-A FORWARD -j ACCEPT").tables)
    fake.live.firewall = .known(both)
    #expect(try fake.examine("iptables-legacy").findings.map(\.level) == [.warning])
  }

  @Test(arguments: [
    ("KUBE-ROUTER-FORWARD", "leftovers-kube-router"), ("KUBE-POD-FW-ABC", "leftovers-kube-router"),
    ("KUBE-NWPLCY-ABC", "leftovers-kube-router"), ("cali-FORWARD", "leftovers-calico"),
    ("CILIUM_FORWARD", "leftovers-cilium"),
  ])
  func `chains of others who enforce policies are named and taken away`(
    _ chain: String, _ code: String
  ) throws {
    var fake = FakeNode()
    fake.live.firewall = .known(
      iptables(
        """
        *filter
        :FORWARD ACCEPT [0:0]
        :\(chain) - [0:0]
        -A FORWARD -m comment --comment "it's $(theirs)" -j \(chain)
        -A FORWARD -j ACCEPT
        COMMIT
        """))
    let finding = try #require(try fake.examine("leftovers").findings.first)
    #expect(finding.code == code)
    #expect(
      finding.fix.commands.map(\.text) == [
        "iptables-nft -t filter -D FORWARD -m comment --comment 'it'\\''s $(theirs)' -j \(chain)",
        "iptables-nft -t filter -F \(chain)", "iptables-nft -t filter -X \(chain)",
      ])
  }

  @Test func `tables and links of others are named too, but not the network's own`() throws {
    var fake = FakeNode()
    fake.live.firewall = .known(Firewall(tableNames: ["inet kube-network-policies", "ip calico"]))
    fake.add("cilium_host")
    #expect(
      try fake.codes("leftovers") == [
        "leftovers-calico", "leftovers-cilium", "leftovers-kube-network-policies",
      ])
    fake.files["etc/cni/net.d/10-network.conflist"] = Conflist.plugin("calico")
    #expect(try fake.codes("leftovers").first == "enforced-by-network")
    fake = FakeNode()
    fake.live.firewall = .known(Firewall(tableNames: ["inet kindnet-network-policies"]))
    #expect(try fake.codes("leftovers") == ["leftovers-kindnet"])
    fake.files["etc/cni/net.d/10-network.conflist"] = Conflist.plugin("kindnet")
    #expect(try fake.codes("leftovers") == ["enforced-by-network"])
  }

  @Test func `a kernel that lacks something is said with the option of its build`() throws {
    var fake = FakeNode()
    fake.live.missingFeatures = .known([
      MissingFeature(
        name: "reject", option: "CONFIG_NFT_REJECT", module: "nft_reject", neededBy: nil,
        reason: "No such file or directory"),
      MissingFeature(
        name: "fib", option: "CONFIG_NFT_FIB_IPV4", module: nil, neededBy: "refusing others",
        reason: "No such file or directory"),
    ])
    let findings = try fake.examine("kernel-features").findings
    #expect(findings.map(\.level) == [.error, .warning])
    #expect(findings.allSatisfy { $0.fix.words.contains("CONFIG_NFT_") })
  }

  @Test func `without the capability nothing is known`() throws {
    var fake = FakeNode()
    fake.live.capabilities = .known(Capabilities(administersNetworks: false))
    #expect(try fake.examine("capability").unknown?.contains("NET_ADMIN") == true)
    #expect(try fake.examination().verdict == .unknown)
  }

  @Test func `our own ruleset is named`() throws {
    var fake = FakeNode()
    fake.live.ownTables = .known(["ip netpolc", "ip6 netpolc"])
    guard case .fine(let text) = try fake.examine("netpolc").outcome else {
      Issue.record("a ruleset of ours is no finding")
      return
    }
    #expect(text == "loaded: ip netpolc, ip6 netpolc")
    fake.live.ownTables = .known([])
    fake.live.firewall = .known(
      iptables("*filter\n:FORWARD ACCEPT [0:0]\n:NPC-FORWARD - [0:0]\nCOMMIT\n"))
    guard case .fine(let chains) = try fake.examine("netpolc").outcome else {
      Issue.record("rules of ours are no finding")
      return
    }
    #expect(chains == "loaded: chains of the iptables backend")
  }
}
