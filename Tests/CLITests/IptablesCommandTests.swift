import Host
import Manifests
import TestSupport
import Testing

/// `compile --backend iptables`.
@Suite struct IptablesCommandTests {
  @Test func `the script goes to standard output, and a shell can read it`() throws {
    let scratch = try Scratch(Shop.files)
    let result = try scratch.netpolc("compile", "-f", "shop", "--backend", "iptables")
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(result.output.hasPrefix("#!/bin/sh\n"))
    #expect(try scratch.run(["sh", "-n"], input: result.output).succeeded)
    let named = try scratch.netpolc(
      "compile", "-f", "shop", "--backend", "iptables", "-o", "iptables=s.sh", "-o", "graph")
    #expect(named.output.contains("NetworkPolicy shop/web"))
    #expect(try scratch.text(of: "s.sh") == result.output)
  }

  @Test(arguments: ["iptables=new/parts/", "new/parts/"])
  func `a directory gets the parts`(_ output: String) throws {
    let scratch = try Scratch(Shop.files)
    let result = try scratch.netpolc(
      "compile", "-f", "shop", "--backend", "iptables", "-o", output)
    #expect(result.status == 0 && result.output == "" && result.errors == "")
    #expect(
      try scratch.names(in: "new/parts")
        == ["apply.sh", "ip6tables.restore", "ipset.restore", "iptables.restore"])
    let script = try scratch.netpolc("compile", "-f", "shop", "--backend", "iptables").output
    for part in ["ip6tables.restore", "ipset.restore", "iptables.restore"] {
      #expect(script.contains(try scratch.text(of: "new/parts/\(part)")), "\(part)")
    }
  }

  @Test func `every node gets a script`() throws {
    let scratch = try Scratch(Shop.files)
    let result = try scratch.netpolc(
      "compile", "-f", "shop", "--backend", "iptables", "--all-nodes", "d")
    #expect(result.status == 0)
    let names = try scratch.names(in: "d")
    #expect(!names.isEmpty && names.allSatisfy { $0.hasSuffix(".sh") }, "\(names)")
  }

  @Test(
    .enabled(
      if: Laboratory.unavailable == nil && findExecutable("ipset") != nil
        && findExecutable("iptables") != nil, "needs root, iptables and ipset"))
  func `a check has the kernel load it`() throws {
    let result = try Scratch(Shop.files).netpolc(
      "compile", "-f", "shop", "--backend", "iptables", "--check", "--stats")
    #expect(result.status == 0)
    #expect(result.errors.contains("checked    loaded twice in a private namespace by iptables v"))
    #expect(result.errors.contains("table      iptables filter: "))
  }

  @Test func `the source map names chains that are there`() throws {
    let scratch = try Scratch(Shop.files)
    let script = try scratch.netpolc(
      "compile", "-f", "shop", "--backend", "iptables", "--source-map", "m.json"
    ).output
    let map = try scratch.text(of: "m.json")
    #expect(map.contains("\"iptables filter\""))
    let chains = map.matches(of: /"chain": ?"([^"]*)"/).map { String($0.output.1) }
    #expect(!chains.isEmpty)
    for chain in Set(chains) { #expect(script.contains("\n:\(chain) - [0:0]\n"), "\(chain)") }
  }
}

/// `diff` and `explain` with `--backend iptables`.
@Suite struct IptablesDiffTests {
  @Test func `a script is a side, and the same as what it was made of`() throws {
    let scratch = try Scratch(Shop.files)
    let script = try scratch.netpolc("compile", "-f", "shop", "--backend", "iptables").output
    try scratch.write("shop.sh", script)
    let same = try scratch.netpolc(
      "diff", "--from", "shop.sh", "--to", "shop", "--backend", "iptables")
    #expect(same.status == 0 && same.output == "no difference\n", "\(same.errors)")
    let piped = try scratch.run(
      ["sh", "-c", "$0 diff --from - --to shop.sh --backend iptables", Program.path],
      input: script)
    #expect(piped.status == 0, "\(piped.errors)")
    try scratch.write("empty.yaml", "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n")
    let differs = try scratch.netpolc(
      "diff", "--from", "empty.yaml", "--to", "shop.sh", "--backend", "iptables")
    #expect(differs.status == 1)
    #expect(differs.output.hasPrefix("iptables filter    empty.yaml -> shop.sh\n"))
    #expect(differs.output.contains("+ chain NPC-G"))
    #expect(differs.output.contains(", jumps 0.\n"), "\(differs.output)")
    let stat = try scratch.netpolc(
      "diff", "--from", "empty.yaml", "--to", "shop.sh", "--backend", "iptables", "--stat")
    #expect(differs.output.hasSuffix(stat.output))
  }

  @Test func `rules of the other backend are refused with what to do`() throws {
    let scratch = try Scratch(Shop.files)
    for (backend, name) in [("nftables", "shop.nft"), ("iptables", "shop.sh")] {
      let rules = try scratch.netpolc("compile", "-f", "shop", "--backend", backend).output
      try scratch.write(name, rules)
    }
    let script = try scratch.netpolc("diff", "--from", "shop.sh", "--to", "shop")
    #expect(script.status == 2 && script.errors.contains("give --backend iptables"))
    let nft = try scratch.netpolc(
      "diff", "--from", "shop.nft", "--to", "shop", "--backend", "iptables")
    #expect(nft.status == 2 && nft.errors.contains("leave --backend iptables out"))
    try scratch.write("other.sh", "#!/bin/sh\necho hello\n")
    let other = try scratch.netpolc(
      "diff", "--from", "other.sh", "--to", "shop", "--backend", "iptables")
    #expect(other.status == 2)
    #expect(other.errors.contains("other.sh:1: this is no script of netpolc"), "\(other.errors)")
    try scratch.write(
      "damaged.sh", try scratch.text(of: "shop.sh").replacing("-j NPC-EG", with: "-j NPC-EG -x"))
    let translating = try scratch.netpolc(
      "compile", "-f", "shop", "--backend", "iptables", "--masq-from", "10.244.0.0/16")
    try scratch.write("nat.sh", translating.output)
    let nat = try scratch.netpolc(
      "diff", "--from", "nat.sh", "--to", "shop", "--backend", "iptables")
    #expect(nat.status == 1 && nat.output.contains("- chain NPC-MASQ"), "\(nat.output)")
    let same = try scratch.netpolc(
      "diff", "--from", "nat.sh", "--to", "shop", "--backend", "iptables", "--masq-from",
      "10.244.0.0/16")
    #expect(same.output == "no difference\n")
    let damaged = try scratch.netpolc(
      "diff", "--from", "damaged.sh", "--to", "shop", "--backend", "iptables")
    #expect(damaged.status == 2)
    let line = try scratch.text(of: "damaged.sh").split(
      separator: "\n", omittingEmptySubsequences: false
    ).firstIndex { $0.contains(" -x") }
    #expect(damaged.errors.contains("damaged.sh:\((line ?? 0) + 1): "), "\(damaged.errors)")
  }

  @Test func `explain shows the rules of iptables that decide`() throws {
    let scratch = try Scratch(Shop.files)
    let script = try scratch.netpolc("compile", "-f", "shop", "--backend", "iptables").output
    var shown = 0
    for port in ["80", "8080", "5432"] {
      let result = try scratch.netpolc(
        "explain", "-f", "shop", "shop/api-0", "shop/web-0", port, "--rules", "--backend",
        "iptables")
      #expect(result.status <= 1, "\(result.errors)")
      let rules = result.output.split(separator: "\n").filter { $0.contains("tables -A NPC-") }
      for rule in rules {
        let line = rule.drop { $0 == " " }.drop { $0 != " " }.dropFirst()
        #expect(script.contains("\n\(line)\n"), "\(line)")
        shown += 1
      }
    }
    #expect(shown > 0)
  }
}
