import ArgumentParser
import Glibc
import Host
import Nftables

/// `--check`: has the kernel load the ruleset where it cannot do anything.
enum RulesetCheck {
  /// Loads it twice in a new network namespace, as nft does it, and compares what nft lists.
  static func run(_ ruleset: Ruleset) throws {
    do {
      let listing = try load(ruleset)
      let expected = ruleset.listing
      let version =
        try runProcess(["nft", "--version"]).output.split(separator: "\n").first ?? "nft"
      // Other versions of nft, and hosts without /etc/protocols, have other words for the same.
      if listing == expected {
        Console.note("checked    loaded twice in a private namespace by \(version): identical")
      } else if let listed = try? Ruleset(parsing: listing), listed == ruleset {
        Console.note("checked    loaded twice in a private namespace by \(version): equal rules")
      } else {
        throw Console.fail(
          "nft lists the loaded ruleset differently: \(difference(expected, listing))", .environment
        )
      }
    } catch let failure as SystemFailure {
      throw Console.fail("--check: \(failure)", .environment)
    }
  }

  private static func load(_ ruleset: Ruleset) throws -> String {
    func path(_ program: String) throws -> String {
      if let path = findExecutable(program) { return path }
      throw Console.fail("--check needs \(program), which is not installed", .environment)
    }
    // By its path: an ordinary user's PATH, which the shell searches, leaves nft's directory out.
    // Standard input is a file here, which each nft opens anew and reads from its start.
    let families = ["ip", "ip6"] + (ruleset.bridge == nil ? [] : ["bridge"])
    let lists = families.map { " && \"$0\" -s list table \($0) netpolc" }.joined()
    let script = "\"$0\" -f /dev/stdin && \"$0\" -f /dev/stdin\(lists)"
    let user = geteuid() == 0 ? [] : ["--user", "--map-root-user"]
    let result = try runProcess(
      [try path("unshare"), "--net"] + user + [
        "--", try path("sh"), "-c", script, try path("nft"),
      ],
      input: ruleset.text)
    guard result.succeeded else {
      let lines = result.errors.split(separator: "\n")
      let hint =
        lines.first?.hasPrefix("unshare:") ?? false
        ? "; without root the system must allow user namespaces" : ""
      throw Console.fail(
        "--check: \(lines.isEmpty ? "nft failed" : lines.joined(separator: "\n"))\(hint)",
        .environment)
    }
    return result.output
  }

  private static func difference(_ expected: String, _ found: String) -> String {
    let lines = zip(expected.split(separator: "\n"), found.split(separator: "\n"))
    guard let (ours, theirs) = lines.first(where: { $0 != $1 }) else { return "one is longer" }
    return "ours is «\(ours)», nft's «\(theirs)»"
  }
}
