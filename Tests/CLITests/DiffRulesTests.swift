import Host
import TestSupport
import Testing

/// `diff` against files of rules: those that compile wrote, and those that a node lists.
@Suite struct DiffRulesTests {
  private func scratch() throws -> Scratch {
    let scratch = try Scratch(Shop.files)
    let compiled = try scratch.netpolc("compile", "-f", "shop", "--node", "n1", "-o", "nft=n1.nft")
    try #require(compiled.succeeded)
    return scratch
  }

  private func difference(
    in scratch: Scratch, from side: String, input: String = ""
  ) throws -> ProcessResult {
    try scratch.netpolc("diff", "--from", side, "--to", "shop", "--node", "n1", input: input)
  }

  @Test func `what compile wrote is what it would write`() throws {
    let result = try difference(in: scratch(), from: "n1.nft")
    #expect(result.output == "no difference\n")
    #expect(result.status == 0)
  }

  @Test func `a change since is shown`() throws {
    let scratch = try scratch()
    try scratch.write(
      "shop/policies/api.yaml", Shop.api.replacing("port: 9000", with: "port: 9001"))
    let result = try difference(in: scratch, from: "n1.nft")
    #expect(result.status == 1)
    #expect(result.output.contains("-   th dport 9000 meta l4proto tcp"))
    #expect(result.output.contains("+   th dport 9001 meta l4proto tcp"))
  }

  @Test func `rules come from standard input too, and so do manifests`() throws {
    let scratch = try scratch()
    let rules = try scratch.text(of: "n1.nft")
    #expect(try difference(in: scratch, from: "-", input: rules).status == 0)
    let manifests = Shop.cluster + ["", Shop.web, Shop.api, Shop.deny].joined(separator: "---\n")
    #expect(try difference(in: scratch, from: "-", input: "# all\n" + manifests).status == 0)
  }

  @Test func `a node without our tables lacks everything`() throws {
    let result = try difference(in: scratch(), from: "-", input: "\n")
    #expect(result.status == 1)
    #expect(result.output.contains("+ chain pi/shop/web"))
    #expect(result.output.contains("ip6 netpolc on n1    - -> shop"))
  }

  @Test func `tables of others are passed over`() throws {
    let scratch = try scratch()
    let others = """
      table ip nat {
      \tchain POSTROUTING {
      \t\ttype nat hook postrouting priority srcnat; policy accept;
      \t\toifname "eth0" masquerade
      \t}
      }
      table inet netpolc {
      }

      """
    // `add` and `delete` lines are no part of a listing.
    let listing = try scratch.text(of: "n1.nft").split(separator: "\n")
      .filter { !$0.hasPrefix("add ") && !$0.hasPrefix("delete ") }.joined(separator: "\n")
    try scratch.write("listing", others + listing + "\n" + others)
    #expect(try difference(in: scratch, from: "listing").output == "no difference\n")
  }

  @Test func `what is no ruleset of ours is bad input, at its place`() throws {
    let scratch = try scratch()
    try scratch.write("odd.nft", "table ip netpolc {\n\tset x-y {\n\t\ttype ifname\n\t}\n}\n")
    let result = try difference(in: scratch, from: "odd.nft")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("netpolc: odd.nft:3:"))
  }

  @Test func `--semantic needs policies on both sides`() throws {
    let result = try scratch().netpolc(
      "diff", "--from", "n1.nft", "--to", "shop", "--node", "n1", "--semantic")
    #expect(result.status == 2)
    #expect(result.errors.contains("give manifests on both sides"))
  }

  @Test(
    .enabled(if: Laboratory.unavailable == nil, "\(Laboratory.unavailable ?? "It can run.")"))
  func `what the kernel lists, with handles and counts, is what was loaded`() throws {
    let scratch = try scratch()
    let list = "nft -f n1.nft && nft add table ip other && nft -a list ruleset"
    let listing = try scratch.run(["unshare", "--net", "sh", "-c", list])
    try #require(listing.succeeded, "\(listing.errors)")
    #expect(listing.output.contains("# handle"))
    try scratch.write(
      "listing", listing.output.replacing("packets 0 bytes 0", with: "packets 17 bytes 1020"))
    let result = try difference(in: scratch, from: "listing")
    #expect(result.output == "no difference\n")
    #expect(result.errors == "")
  }
}
