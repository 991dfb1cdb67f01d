import ArgumentParser
import Glibc
import Host
import Iptables
import NetSets

/// `--check` for iptables: runs the script where it cannot do anything.
enum FilterCheck {
  /// Runs it twice in a new network namespace, and compares what iptables and ipset list.
  static func run(_ filter: PacketFilter) throws {
    do {
      let translates = IPFamily.allCases.map { filter.table($0, .nat) != nil }
      let lists = try load(filter.script, translates)
      let expected =
        IPFamily.allCases.map { filter.listing($0) }
        + IPFamily.allCases.map { family in
          filter.table(family, .nat) == nil ? [] : filter.listing(family, .nat)
        } + [filter.setListing]
      for (expected, found) in zip(expected, lists) where expected != found {
        let ours = Set(expected).subtracting(found).min() ?? "nothing"
        let theirs = Set(found).subtracting(expected).min() ?? "nothing"
        throw Console.fail("--check: ours is «\(ours)», listed is «\(theirs)»", .environment)
      }
      let version = try runProcess(["iptables", "--version"]).output.split(separator: "\n").first
      Console.say(
        "checked    loaded twice in a private namespace by \(version ?? "iptables"): identical")
    } catch let failure as SystemFailure {
      throw Console.fail("--check: \(failure)", .environment)
    }
  }

  /// The lines of both families' rules, of what they translate, and of the sets, each sorted.
  /// - Parameter translates: of which families table `nat` is asked: to ask for it makes it.
  private static func load(_ script: String, _ translates: [Bool]) throws -> [[String]] {
    for program in ["unshare", "sh", "iptables", "ip6tables", "ipset"]
    where findExecutable(program) == nil {
      throw Console.fail("--check needs \(program), which is not installed", .environment)
    }
    // Standard input is a file here, which each shell opens anew and reads from its start.
    let commands = """
      PATH=$PATH:/usr/sbin:/sbin; export LOCK=; sh /dev/stdin && sh /dev/stdin && iptables -S && echo \(mark) \
      && ip6tables -S && echo \(mark) \
      && \(translates[0] ? "iptables -t nat -S" : ":") && echo \(mark) \
      && \(translates[1] ? "ip6tables -t nat -S" : ":") && echo \(mark) && ipset save
      """
    let user = geteuid() == 0 ? [] : ["--user", "--map-root-user"]
    let result = try runProcess(
      ["unshare", "--net"] + user + ["--", "sh", "-c", commands], input: script)
    guard result.succeeded else {
      throw Console.fail(
        "--check: \(result.errors.split(separator: "\n").joined(separator: "\n"))", .environment)
    }
    let parts = result.output.split(separator: "\(mark)\n", omittingEmptySubsequences: false)
    return parts.dropLast().map { $0.split(separator: "\n").map(String.init).sorted() }
      + [PacketFilter.comparable(save: String(parts.last ?? ""))]
  }

  /// Between two lists; no line of one.
  private static let mark = "---"
}
