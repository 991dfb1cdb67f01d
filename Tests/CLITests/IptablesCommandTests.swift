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

  @Test func `a directory gets the parts`() throws {
    let scratch = try Scratch(Shop.files)
    let result = try scratch.netpolc(
      "compile", "-f", "shop", "--backend", "iptables", "-o", "iptables=new/parts/")
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
