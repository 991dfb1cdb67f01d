import CNI
import Host
import NetSets
import TestSupport
import Testing

@testable import Doctor

/// What holds of every finding, on nodes that are broken in any way at once.
@Suite struct PropertyTests {
  private func broken(_ random: inout SplitMix64) -> FakeNode {
    func chance() -> Bool { Bool.random(using: &random) }
    let configurations: [String?] =
      ["bridge", "ptp", "flannel", "calico", "aws-cni", "cilium-cni", "antrea", "multus"].map {
        Conflist.plugin($0, version: chance() ? "0.3.1" : "1.1.0")
      } + [Conflist.bridge, Conflist.bridge(#""portIsolation": true,"#), nil, "{"]
    var fake = FakeNode(configurations.randomElement(using: &random) ?? nil)
    for path in fake.files.keys.sorted() where path.hasPrefix("proc/sys") && chance() {
      fake.files[path] = chance() ? "0\n" : nil
    }
    if chance() { fake.files["run/flannel/subnet.env"] = "FLANNEL_SUBNET=10.244.1.1/24\n" }
    if chance() { fake.addBridge(isolated: chance()) }
    if chance() { fake.set("net.ipv4.conf.cni0.proxy_arp_pvlan", "1") }
    for name in ["kube-ipvs0", "cilium_host", "cali1", "flannel.1", "it's"] where chance() {
      fake.add(name)
      fake.set("net.ipv4.conf.\(name == "flannel.1" ? "all" : name).rp_filter", "1")
    }
    if chance() { fake.live.linkNames = ["lo"] }
    if chance() { fake.live.hasUntrackedStreams = true }
    let rules = [
      "*filter\n:FORWARD DROP [0:0]\n:KUBE-ROUTER-X - [0:0]\n-A FORWARD -j KUBE-ROUTER-X\nCOMMIT",
      "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT",
      "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m bpf --bytecode x -j DROP\nCOMMIT",
    ].filter { _ in chance() }.joined(separator: "\n")
    var firewall = iptables(rules, .ipv4, chance() ? .iptablesNft : .iptablesLegacy)
    firewall.tableNames = ["inet kube-network-policies", "ip calico"].filter { _ in chance() }
    if chance() {
      firewall.unreadable = [.init(table: "inet x", hook: .forward, why: "nft is not installed")]
    }
    fake.live.firewall =
      chance() || chance() ? .known(firewall) : .unknown("it needs CAP_NET_ADMIN")
    if chance() { fake.clusterNetworks = [prefix("10.244.0.0/16")] }
    if chance() {
      fake.live.missingFeatures = .known([
        MissingFeature(
          name: "log", option: "CONFIG_NFT_LOG", module: "nft_log",
          neededBy: chance() ? "--deny-log" : nil, reason: "No such file or directory")
      ])
    }
    return fake
  }

  @Test func `each finding says what, why and what mends it`() throws {
    var random = SplitMix64(seed: 5)
    var codes: Set<String> = []
    for _ in 0..<300 {
      let examination = try broken(&random).examination()
      for finding in examination.findings {
        codes.insert(finding.code)
        #expect(finding.what.count > 10 && finding.why.count > 20, "\(finding)")
        #expect(finding.fix.words.count > 5, "\(finding)")
        #expect(finding.fix.commands.allSatisfy { !$0.text.isEmpty && !$0.text.contains("\n") })
        let isName = finding.code.utf8.allSatisfy { (97...122).contains($0) || $0 == 45 }
        #expect(isName, "\(finding.code)")
      }
      switch examination.verdict {
      case .fails: #expect(examination.findings.contains { $0.level == .error })
      case .holds:
        #expect(!examination.findings.contains { $0.level == .error })
        #expect(examination.results.allSatisfy { $0.unknown == nil })
      case .unknown: #expect(examination.results.contains { $0.unknown != nil })
      }
    }
    #expect(codes.count > 20, "\(codes.sorted())")
  }

  @Test func `no two checks have a name, and names are words`() {
    #expect(Set(checks.map(\.name)).count == checks.count)
  }

  @Test(arguments: ["plain", "", "it's", "a b", "$(x)", "`x`", "a\"b", "é", "-n", "a\\b"])
  func `a shell reads a word back as it was`(_ text: String) throws {
    let scratch = try Scratch()
    let result = try scratch.run(["sh", "-c", "printf %s \(shellWord(text))"])
    #expect(result.succeeded)
    #expect(result.output == text || text == "-n")
  }
}
