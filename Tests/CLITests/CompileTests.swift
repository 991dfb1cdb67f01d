import Host
import Manifests
import Nftables
import TestSupport
import Testing

/// What `compile` writes, and where.
@Suite struct CompileTests {
  @Test func `the result goes to standard output, alone`() throws {
    let result = try Scratch(Shop.files).netpolc("compile", "-f", "shop")
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(result.output.hasPrefix("add table ip netpolc\ndelete table ip netpolc\ntable ip "))
    #expect(try Ruleset(parsing: result.output).problems == [])
  }

  @Test func `the same input is the same output, to the byte`() throws {
    let scratch = try Scratch(Shop.files)
    let first = try scratch.netpolc("compile", "-f", "shop", "-o", "nft")
    let second = try scratch.netpolc(
      "compile", "-f", "shop/policies", "-f", "shop/cluster.yaml")
    #expect(first.output == second.output)
  }

  @Test func `one run writes several outputs`() throws {
    let scratch = try Scratch(Shop.files)
    let alone = try scratch.netpolc("compile", "-f", "shop", "-o", "graph").output
    let result = try scratch.netpolc(
      "compile", "-f", "shop", "-o", "graph=graph.txt", "-o", "nft", "-o", "graph-json=g.json")
    #expect(result.output.hasPrefix("add table ip netpolc\n"))
    #expect(try scratch.text(of: "graph.txt") == alone)
    #expect(alone.contains("NetworkPolicy shop/web"))
    #expect(try json(scratch.text(of: "g.json"))["schema"]?.text.hasPrefix("netpolc.") == true)
  }

  @Test func `a file is replaced, a link stays, and a device is written into`() throws {
    let scratch = try Scratch(Shop.files)
    try scratch.write("old.nft", "old")
    try scratch.run(["ln", "-s", "old.nft", "link.nft"])
    #expect(try scratch.netpolc("compile", "-f", "shop", "-o", "nft=link.nft").status == 0)
    let text = try scratch.text(of: "old.nft")
    #expect(text.hasPrefix("add table"))
    #expect(try scratch.run(["readlink", "link.nft"]).output == "old.nft\n")
    // As /dev/stdout does, which no test should put at risk.
    try scratch.run(["ln", "-s", "/proc/self/fd/1", "stdout"])
    let result = try scratch.netpolc("compile", "-f", "shop", "-o", "nft=stdout")
    #expect(result.output == text)
    #expect(try scratch.run(["readlink", "stdout"]).output == "/proc/self/fd/1\n")
    #expect(try scratch.names(in: ".") == ["link.nft", "old.nft", "shop", "stdout"])
  }

  @Test(arguments: ["missing/out.nft", "shop"])
  func `an output that cannot be written is the environment's refusal`(_ path: String) throws {
    let scratch = try Scratch(Shop.files)
    let result = try scratch.netpolc("compile", "-f", "shop", "-o", "nft=\(path)")
    #expect(result.status == 3)
    #expect(result.said.count == 1)
    #expect(result.errors.hasPrefix("netpolc: \(path): "))
  }

  @Test func `a full disk is said, and a closed pipe is not`() throws {
    let scratch = try Scratch(Shop.files)
    let full = try scratch.run(
      ["sh", "-c", "\"$0\" compile -f shop >/dev/full", Program.path])
    #expect(full.status == 3)
    #expect(full.errors == "netpolc: standard output: No space left on device\n")
    // The reader has gone before the first byte comes.
    let closed = try scratch.run([
      "sh", "-c", "{ sleep 0.2; \"$0\" compile -f shop; echo $? >&2; } | true", Program.path,
    ])
    #expect(closed.errors == "0\n")
  }

  @Test func `every node gets its file`() throws {
    let scratch = try Scratch(Shop.files)
    let result = try scratch.netpolc("compile", "-f", "shop", "--all-nodes", "rules")
    #expect(result.status == 0)
    #expect(result.output == "")
    #expect(result.errors == "wrote 2 rulesets to rules\n")
    #expect(try scratch.names(in: "rules") == ["n1.nft", "n2.nft"])
    for node in ["n1", "n2"] {
      let alone = try scratch.netpolc("compile", "-f", "shop", "--node", node).output
      #expect(try scratch.text(of: "rules/\(node).nft") == alone)
    }
  }

  @Test func `a node that nothing names is a misspelt one`() throws {
    let result = try Scratch(Shop.files).netpolc("compile", "-f", "shop", "--node", "n3")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains("no Node and no pod of node \"n3\"; found n1, n2"))
    let none = try Scratch(["a.yaml": Shop.deny]).netpolc(
      "compile", "-f", "a.yaml", "--all-nodes", "rules")
    #expect(none.status == 2)
    #expect(none.errors == "netpolc: no Node object, and no pod that names its node\n")
  }

  @Test func `the source map leads from every policy's rule to its line`() throws {
    let scratch = try Scratch(Shop.files)
    let result = try scratch.netpolc("compile", "-f", "shop", "--source-map", "map.json")
    let ruleset = try Ruleset(parsing: result.output)
    let map = try json(scratch.text(of: "map.json"))
    #expect(map["schema"]?.text == "netpolc.source-map/v1")
    let entries = try Array(#require(map["rules"]).items)
    #expect(entries.count == 4)
    for entry in entries {
      let table = try #require(
        ruleset.tables.first { "\($0.family.nftName) \($0.name)" == entry["table"]?.text })
      let chain = try #require(table.chains.first { $0.name == entry["chain"]?.text })
      let rule = chain.rules[try #require(entry["rule"]?.integer)]
      let file = try #require(entry["source"]?["file"]?.text)
      let line = try #require(entry["source"]?["line"]?.integer)
      #expect(rule.comment?.hasSuffix(" \(file):\(line)") == true)
      // The item of from or to.
      let source = try scratch.text(of: file).split(separator: "\n")[line - 1]
      #expect(source.contains("- ipBlock") || source.contains("- podSelector"))
    }
  }

  @Test func `skipped objects are counted, and listed with -v`() throws {
    let scratch = try Scratch(Shop.files)
    let others = """
      {apiVersion: v1, kind: Service, metadata: {name: a}}
      ---
      {apiVersion: v1, kind: Service, metadata: {name: b}}
      ---
      {apiVersion: v1, kind: "Odd\\e[31m", metadata: {name: b}}
      ---
      {apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {}}}
      """
    try scratch.write("shop/others.yaml", others)
    let result = try scratch.netpolc("compile", "-f", "shop")
    #expect(
      result.said == [
        "skipped    1 workload, which has no addresses to compile",
        "skipped    3 objects of kinds that say nothing about policy (-v lists them)",
      ])
    let verbose = try scratch.netpolc("compile", "-f", "shop", "-v")
    #expect(
      verbose.said.suffix(2) == ["             1 Odd?[31m (v1)", "             2 Service (v1)"])
    #expect(verbose.output == result.output)
  }

  @Test func `statistics tell what was read and made`() throws {
    let result = try Scratch(Shop.files).netpolc(
      "compile", "-f", "shop", "--node", "n1", "--stats")
    #expect(
      result.said.prefix(2) == [
        "read       3 policies, 3 pods, 0 workloads in 1 namespace",
        "node       n1: 2 local pods, 2 isolated for ingress, 2 for egress",
      ])
    let table = try #require(result.said.dropFirst(2).first)
    let ruleset = try Ruleset(parsing: result.output)
    #expect(table.hasPrefix("table      ip netpolc: \(ruleset.tables[0].chains.count) chains, "))
    #expect(result.said.count == 4)
  }
}
