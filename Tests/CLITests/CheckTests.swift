import Glibc
import Host
import TestSupport
import Testing

/// `compile --check`, with a real nft in a private namespace.
@Suite(.enabled(if: Laboratory.unavailable == nil, "\(Laboratory.unavailable ?? "It can run.")"))
struct CheckTests {
  private static let listedAlike = ": identical\n"

  @Test func `nft takes the ruleset twice and lists it as it is`() throws {
    let result = try Scratch(Shop.files).netpolc("compile", "-f", "shop", "--check")
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("checked    loaded twice in a private namespace by nftables v"))
    #expect(result.errors.hasSuffix(Self.listedAlike))
    #expect(result.output.hasPrefix("add table ip netpolc\n"))
  }

  @Test func `every node's ruleset is checked`() throws {
    let result = try Scratch(Shop.files).netpolc(
      "compile", "-f", "shop", "--all-nodes", "rules", "--check")
    #expect(result.said.count == 3)
    #expect(result.said.prefix(2).allSatisfy { $0.hasSuffix(": identical") })
  }

  @Test func `nft is found where the PATH of an ordinary user does not lead`() throws {
    let result = try Scratch(Shop.files).netpolc(
      "compile", "-f", "shop", "--check", environment: ["PATH": "/usr/bin:/bin"])
    #expect(result.status == 0)
    #expect(result.errors.hasSuffix(Self.listedAlike))
  }

  @Test func `a machine without nft is told so, and nothing is written`() throws {
    let scratch = try Scratch(Shop.files)
    try scratch.write("plain", "")
    // A file that is no program lies over nft, for this process alone.
    let result = try scratch.run([
      "unshare", "--mount", "sh", "-c",
      "mount --bind plain \"$1\" && exec \"$0\" compile -f shop --check", Program.path,
      try #require(findExecutable("nft")),
    ])
    #expect(result.status == 3)
    #expect(result.output == "")
    #expect(result.errors == "netpolc: --check needs nft, which is not installed\n")
  }

  @Test func `what nft complains about is said in its words`() throws {
    let scratch = try Scratch(Shop.files)
    try scratch.write("bin/nft", "#!/bin/sh\necho 'Error: one' >&2\necho two >&2\nexit 1\n")
    try scratch.run(["chmod", "+x", "bin/nft"])
    let result = try scratch.netpolc(
      "compile", "-f", "shop", "--check",
      environment: ["PATH": "\(scratch.path)/bin:/usr/bin:/bin"])
    #expect(result.status == 3)
    #expect(result.output == "")
    #expect(result.errors == "netpolc: --check: Error: one\ntwo\n")
  }

  @Test func `a listing that differs is shown where it does`() throws {
    let scratch = try Scratch(Shop.files)
    try scratch.write("bin/nft", "#!/bin/sh\necho 'something else'\n")
    try scratch.run(["chmod", "+x", "bin/nft"])
    let result = try scratch.netpolc(
      "compile", "-f", "shop", "--check",
      environment: ["PATH": "\(scratch.path)/bin:/usr/bin:/bin"])
    #expect(result.status == 3)
    #expect(result.errors.contains("ours is «table ip netpolc {», nft's «something else»"))
  }
}
