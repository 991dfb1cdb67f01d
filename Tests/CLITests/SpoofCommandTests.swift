import Host
import TestSupport
import Testing

/// `--anti-spoof` and what it must be told.
@Suite struct SpoofCommandTests {
  private func scratch() throws -> Scratch { try Scratch(Shop.files) }

  /// The lines of the chain in the table of IPv4.
  private func chain(_ output: String) -> [Substring] {
    output.split(separator: "\n").drop { !$0.hasSuffix("chain hook-spoof {") }.dropFirst()
      .prefix { $0 != "\t}" }.filter { $0.contains("iifname") }
  }

  @Test func `each interface is a rule, said twice or once`() throws {
    let scratch = try scratch()
    let result = try scratch.netpolc(
      "compile", "-f", "shop", "--anti-spoof", "--pod-interfaces", "cali+", "--pod-interfaces",
      "eni*", "--pod-interfaces", "cali*")
    #expect(
      chain(result.output)
        == ["cali*", "eni*"].map {
          "\t\tiifname \"\($0)\" fib saddr . iif oif missing counter name \"deny-spoofed\" drop"
        })
    #expect(chain(try scratch.netpolc("compile", "-f", "shop").output).isEmpty)
  }

  @Test func `a difference shows the chain`() throws {
    let scratch = try scratch()
    try scratch.write("old.nft", try scratch.netpolc("compile", "-f", "shop").output)
    let result = try scratch.netpolc(
      "diff", "--from", "old.nft", "--to", "shop", "--anti-spoof", "--pod-interfaces", "veth+")
    #expect(result.status == 1)
    #expect(result.output.contains("+ chain hook-spoof"))
    #expect(result.output.contains("+ counter deny-spoofed"))
  }

  @Test func `a network says by which interfaces its pods send`() throws {
    let scratch = try scratch()
    func interfaces(_ network: String) throws -> [Substring] {
      let result = try scratch.netpolc("compile", "-f", "shop", "--anti-spoof", "--cni", network)
      #expect(result.status == 0, "\(result.errors)")
      #expect(!result.output.contains("table bridge"))
      return chain(result.output).map { $0.split(separator: "\"")[1] }
    }
    #expect(try interfaces("calico") == ["cali*"])
    #expect(try interfaces("ptp") == ["veth*"])
    // Pods with security groups of their own are routed by rules that the kernel does not ask here.
    #expect(try interfaces("aws-vpc") == ["eni*"])
  }

  /// What the runtime remembers of the shop's pods on n1.
  private func results(_ pods: [(String, String)] = [("web-0", "10"), ("api-0", "20")]) -> [String:
    String]
  {
    var files: [String: String] = [:]
    for (name, number) in pods {
      files["results/pods-\(name)-eth0"] = """
        {"kind": "cniCacheV1", "cniArgs": [["K8S_POD_NAMESPACE", "shop"], ["K8S_POD_NAME", "\(name)"]],
         "result": {"cniVersion": "0.4.0", "interfaces": [{"name": "cni0"},
         {"name": "veth\(number)"}, {"name": "eth0", "mac": "02:cc:00:00:00:\(number)", "sandbox": "/n"}],
         "ips": [{"version": "4", "interface": 2, "address": "10.244.1.\(number)/24"}]}}
        """
    }
    return files
  }

  @Test func `pods behind a bridge have a table with their ports`() throws {
    let scratch = try scratch()
    for (path, text) in results() { try scratch.write(path, text) }
    let result = try scratch.netpolc(
      "compile", "-f", "shop", "--node", "n1", "--anti-spoof", "--cni", "bridge", "--cni-results",
      "results", "--check")
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.contains("table bridge netpolc {\n\tcomment \"netpolc schema=1 node=n1\""))
    #expect(result.output.contains("\"veth10\" . 02:cc:00:00:00:10 . 10.244.1.10"))
    #expect(!result.output.contains("hook prerouting priority raw"))
    try scratch.write("old.nft", result.output)
    let difference = try scratch.netpolc(
      "diff", "--from", "old.nft", "--to", "shop", "--node", "n1")
    #expect(difference.status == 1)
    #expect(difference.output.contains("bridge netpolc on n1    old.nft -> shop"))
    #expect(difference.output.contains("- chain hook-spoof"))
    #expect(difference.output.contains("-   \"veth10\" . 02:cc:00:00:00:10 . 10.244.1.10"))
  }

  @Test func `a pod that no result tells of is an error, a result of no pod is not`() throws {
    let scratch = try scratch()
    for (path, text) in results([("web-0", "10"), ("gone", "99")]) { try scratch.write(path, text) }
    let arguments = ["--node", "n1", "--anti-spoof", "--cni-results", "results"]
    let result = try scratch.run([Program.path, "compile", "-f", "shop"] + arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains("no port is known for shop/api-0: no file of results has"))
    #expect(result.output == "")
    for (path, text) in results() { try scratch.write(path, text) }
    let all = try scratch.run([Program.path, "compile", "-f", "shop"] + arguments)
    #expect(all.status == 0)
    #expect(all.output.contains("\"veth99\" . 02:cc:00:00:00:99 . 10.244.1.99"))
  }

  @Test func `a result that cannot be read is said with its place`() throws {
    let scratch = try scratch()
    try scratch.write("results/pods-x-eth0", "{\"result\": {\"interfaces\": [{}]}}\n")
    let arguments = ["--node", "n1", "--anti-spoof", "--cni-results", "results"]
    let result = try scratch.run([Program.path, "compile", "-f", "shop"] + arguments)
    #expect(result.status == 2)
    #expect(
      result.errors.contains(
        "results/pods-x-eth0:1:28: error: result.interfaces[0]: name is missing"))
    let missing = try scratch.run(
      [Program.path, "compile", "-f", "shop", "--anti-spoof", "--cni-results", "nowhere"])
    #expect(missing.status == 2)
    #expect(missing.errors.contains("--cni-results: nowhere"))
  }

  @Test func `an address behind two ports is a warning`() throws {
    let scratch = try scratch()
    for (path, text) in results() { try scratch.write(path, text) }
    try scratch.write(
      "results/pods-old-eth0",
      (results()["results/pods-web-0-eth0"] ?? "").replacing("veth10", with: "vethold"))
    let result = try scratch.run(
      [
        Program.path, "compile", "-f", "shop", "--node", "n1", "--anti-spoof", "--cni-results",
        "results",
      ])
    #expect(result.status == 0)
    #expect(result.errors.contains("warning: 10.244.1.10 is behind vethold"))
  }

  @Test(arguments: [
    (["compile", "--anti-spoof"], "must know by which interfaces"),
    (["compile", "--pod-interfaces", "cali+"], "give that as well"),
    (["compile", "--cni-results", "d"], "--cni-results says where"),
    (["compile", "--anti-spoof", "--cni", "cilium"], "eBPF carries pods' packets past"),
    (["compile", "--anti-spoof", "--cni", "none"], "give --pod-interfaces"),
    (["compile", "--anti-spoof", "--cni", "calico", "--cni-results", "d"], "behind no bridge"),
    (["compile", "--anti-spoof", "--cni", "calico", "--pod-interfaces", "a"], "leave --pod-inter"),
    (
      ["compile", "--anti-spoof", "--cni", "flannel", "--all-nodes", "d"], "are those of one node"
    ),
    (["compile", "--anti-spoof", "--pod-interfaces", "a/b"], "The value 'a/b' is invalid"),
    (
      ["compile", "--anti-spoof", "--pod-interfaces", "cali+", "--backend", "iptables"],
      "--anti-spoof is made for nftables only"
    ),
    (
      ["compile", "--anti-spoof", "--pod-interfaces", "cali+", "-o", "graph"],
      "--anti-spoof is about rules"
    ),
    (
      ["explain", "a", "b", "80", "--anti-spoof", "--pod-interfaces", "cali+"],
      "explain takes them as given"
    ),
  ])
  func `what has no meaning is wrong usage`(_ arguments: [String], _ reason: String) throws {
    let result = try scratch().run([Program.path] + arguments + ["-f", "shop"])
    #expect(result.status == 64)
    #expect(result.errors.contains(reason), "\(result.errors)")
    #expect(result.output == "")
  }
}
