import Host
import NetSets
import TestSupport
import Testing

/// A node with pods on a bridge, and the files that say so.
private final class DoctorNode {
  let laboratory: Laboratory
  private let scratch: Scratch

  init(_ laboratory: Laboratory? = nil) throws {
    self.laboratory = try laboratory ?? LabFixture(podAttachment: .bridged).laboratory()
    scratch = try Scratch(["root/etc/cni/net.d/10-pods.conflist": ""])
    try scratch.run(["ln", "-s", "/proc", "root/proc"])
    try configure("")
  }

  /// - Parameter bridge: further members of the bridge plugin's configuration, each with a comma at
  ///   its end.
  func configure(_ bridge: String) throws {
    try scratch.write(
      "root/etc/cni/net.d/10-pods.conflist",
      """
      {"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "br0",
        \(bridge) "ipam": {"type": "host-local", "subnet": "10.244.1.0/24"}}]}
      """)
  }

  /// Pods of other nodes are those of the host outside.
  func doctor(_ arguments: String...) throws -> ProcessResult {
    try laboratory.runInNode(
      [
        Program.path, "doctor", "--root", "\(scratch.path)/root", "--cluster-cidr",
        "203.0.113.9/32",
      ]
        + arguments)
  }

  /// Runs what `--fix-commands` prints. Given the namespace by a path, it leaves the machine alone.
  func mend() throws {
    let script = try doctor("--fix-commands", "--netns", "/proc/self/ns/net").output
    let result = try laboratory.runInNode(["sh"], input: script)
    #expect(result.succeeded, "\(result.errors)\n\(script)")
  }

  func run(_ commands: String...) throws {
    for command in commands {
      let result = try laboratory.runInNode(["sh", "-c", command])
      #expect(result.succeeded, "\(command): \(result.errors)")
    }
  }

  /// Whether TCP gets from one host to another's port 80.
  func reaches(_ address: String, from host: String = "alpha") throws -> Bool {
    try laboratory.run([LabAttempt(.tcp, from: host, to: parse(address), port: 80)]) == [true]
  }
}

extension Live {
  @Suite(
    .enabled(
      if: Laboratory.bridgingUnavailable == nil,
      "\(Laboratory.bridgingUnavailable ?? "It can run.")"
    ))
  struct DoctorTests {
    @Test func `a node on which policy holds is said to be one`() throws {
      let result = try DoctorNode().doctor()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("\nPolicy would hold on this node"), "\(result.output)")
    }

    @Test func `br_netfilter is asked of the node's own namespace, also by its path`() throws {
      let node = try DoctorNode()
      try node.run("echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables")
      let result = try node.doctor()
      #expect(result.status == 1)
      #expect(result.output.contains("[bridge-netfilter-off]"))
      // Seen from here; the links are the node's, not this machine's.
      let path = node.laboratory.nodeNamespace.path
      let outside = try runProcess([
        Program.path, "doctor", "--netns", path, "--cni", "bridge", "-o", "json",
      ])
      #expect(outside.output.contains("bridge-netfilter-off"), "\(outside.output)")
      #expect(!outside.output.contains("namespace-differs"))
      try node.mend()
      #expect(try node.doctor().status == 0)
    }

    @Test(arguments: ["iptables-nft", "iptables-legacy"])
    func `a FORWARD that drops is found, and mended`(_ program: String) throws {
      guard findExecutable(program) != nil else { return }
      let node = try DoctorNode()
      #expect(try node.reaches("10.244.1.2"))
      try node.run("\(program) -P FORWARD DROP")
      #expect(try !node.reaches("10.244.1.2"))
      let result = try node.doctor()
      // What policy denies is denied all the same.
      #expect(result.status == 0)
      #expect(
        result.output.contains("\(program) table filter [forward-dropped]"), "\(result.output)")
      try node.mend()
      #expect(try node.reaches("10.244.1.2"))
      #expect(try !node.doctor().output.contains("forward-dropped"))
    }

    @Test func `a chain of nftables' own that drops is found`() throws {
      let node = try DoctorNode()
      try node.laboratory.load(
        ruleset: """
          table inet firewalld {
            chain filter_FORWARD {
              type filter hook forward priority filter + 10; policy accept;
              ct state { established, related } accept
              ct status dnat accept
              iifname "lo" accept
              jump policies
              ct state { invalid } drop
              reject with icmpx type admin-prohibited
            }
            chain policies {
              iifname "eth7" goto other
            }
            chain other {
              accept
            }
          }
          """)
      #expect(try !node.reaches("10.244.1.2"))
      let result = try node.doctor()
      #expect(result.output.contains("[forward-dropped]"), "\(result.output)")
      #expect(result.output.contains("firewall-cmd"))
    }

    @Test(arguments: [
      ("! -d 10.244.1.0/24", true), ("! -d 203.0.113.9", false), ("-o docker0", false),
      ("-m set ! --match-set everyone dst", false),
    ])
    func `a rule that hides pods from other nodes is found, and only such`(
      _ condition: String, _ hides: Bool
    ) throws {
      let node = try DoctorNode()
      try node.run("ipset create everyone hash:net", "ipset add everyone 203.0.113.0/24")
      try node.run("iptables-nft -t nat -A POSTROUTING -s 10.244.1.0/24 \(condition) -j MASQUERADE")
      // The far end takes packets from pods' own addresses only.
      let far = """
        table ip lab {
          chain input { type filter hook input priority 0; ip saddr != 10.244.1.0/24 drop; }
        }
        """
      #expect(try node.laboratory.run(["nft", "-f", "-"], on: "outside", input: far).succeeded)
      #expect(try node.reaches("203.0.113.9") == !hides)
      let result = try node.doctor()
      #expect(result.status == (hides ? 1 : 0), "\(result.output)")
      #expect(result.output.contains("[pod-address-hidden]") == hides)
      guard hides else { return }
      try node.mend()
      #expect(try node.reaches("203.0.113.9"))
      #expect(try node.doctor().status == 0)
    }

    @Test func `pods that netpolc keeps from being hidden are not`() throws {
      let live = try LiveNode(podAttachment: .bridged)
      let node = try DoctorNode(live.laboratory)
      try node.run("iptables-nft -t nat -A POSTROUTING -s 10.244.1.0/24 -j MASQUERADE")
      #expect(try node.doctor().output.contains("[pod-address-hidden]"))
      try live.apply(
        [], "--masq", "override", "--masq-from", "10.244.1.0/24", "--masq-skip", "203.0.113.9/32")
      let result = try node.doctor()
      #expect(result.status == 0, "\(result.output)")
      #expect(result.output.contains("loaded: ip netpolc, ip6 netpolc"))
    }

    @Test func `what others left is found, and taken away`() throws {
      let node = try DoctorNode()
      try node.run(
        "iptables-nft -N KUBE-NWPLCY-1", "iptables-nft -N KUBE-ROUTER-FORWARD",
        "iptables-nft -A KUBE-ROUTER-FORWARD -j KUBE-NWPLCY-1",
        "iptables-nft -A KUBE-NWPLCY-1 -d 10.244.1.2 -j DROP",
        "iptables-nft -I FORWARD -m comment --comment 'kube-router netpol' -j KUBE-ROUTER-FORWARD",
        "nft add table inet kube-network-policies",
        "ip link add cilium_host type veth peer name cilium_net")
      #expect(try !node.reaches("10.244.1.2"))
      let output = try node.doctor().output
      for tool in ["kube-router", "cilium", "kube-network-policies"] {
        #expect(output.contains("[leftovers-\(tool)]"), "\(output)")
      }
      try node.mend()
      #expect(try node.reaches("10.244.1.2"))
      #expect(try !node.doctor().output.contains("leftovers-"))
    }

    @Test func `isolated ports let rules see what a bridge switches, and only they do`() throws {
      let live = try LiveNode(podAttachment: .bridged)
      let laboratory = live.laboratory
      let node = try DoctorNode(laboratory)
      for kind in ["iptables", "ip6tables"] {
        try node.run("echo 0 >/proc/sys/net/bridge/bridge-nf-call-\(kind)")
      }
      try live.apply([Policies.ingress("beta", from: [Policies.pod("gamma")])])
      #expect(try node.reaches("10.244.1.2"), "switched, it meets no rule")
      #expect(try node.doctor().status == 1)

      let pods = ["alpha", "beta", "gamma"]
      for port in pods.compactMap({ laboratory.nodeInterface(of: $0) }) {
        try node.run("bridge link set dev \(port) isolated on")
      }
      try node.run(
        "sysctl -w net.ipv4.conf.br0.proxy_arp_pvlan=1",
        "sysctl -w net.ipv4.neigh.br0.proxy_delay=0",
        "sysctl -w net.ipv4.conf.br0.send_redirects=0",
        "sysctl -w net.ipv4.conf.all.send_redirects=0")
      // The laboratory's pods know each other's hardware addresses; these are to ask for them.
      for pod in pods {
        let result = try laboratory.run(
          ["ip", "neigh", "flush", "nud", "permanent", "dev", "eth0", "to", "10.244.1.0/24"],
          on: pod)
        #expect(result.succeeded, "\(result.errors)")
      }
      #expect(try !node.reaches("10.244.1.2"), "routed, it meets the policy")
      #expect(try node.reaches("10.244.1.2", from: "gamma"), "what policy allows is routed as well")
      #expect(try node.reaches("10.244.1.1", from: "beta"))
      // For IPv6 no bridge answers.
      for pod in pods {
        try #require(
          laboratory.run(
            [
              "ip", "-6", "neigh", "flush", "nud", "permanent", "dev", "eth0", "to",
              "fd00:244::/48",
            ],
            on: pod
          ).succeeded)
      }
      #expect(try !node.reaches("fd00:244::1:1", from: "gamma"))

      #expect(
        try node.doctor().output.contains("[bridge-ports-open]"), "the next pod's port is open")
      try node.configure(#""portIsolation": true,"#)
      let result = try node.doctor()
      #expect(result.status == 0, "\(result.output)")
      #expect(result.output.contains("ports of br0 are isolated"))
    }
  }
}
