import Host
import Iptables
import NetSets
import TestSupport

/// A variant of iptables, on the node of a laboratory.
enum IptablesVariant: String, CaseIterable, Sendable {
  case nft
  case legacy

  /// Nil where it and ipset work; else the reason, in one sentence.
  static let unavailable: String? = {
    if let unavailable = Laboratory.unavailable { return unavailable }
    let programs = allCases.flatMap { ["iptables-\($0)", "ip6tables-\($0)"] } + ["ipset"]
    for program in programs where findExecutable(program) == nil {
      return "Rules of iptables need \(program), which is not installed."
    }
    // In a namespace of its own, as a kernel without these modules refuses them.
    let trial = """
      ipset create npc-p4-trial hash:ip && ipset create npc-n4-trial hash:ip,port \
      && ipset create npc-b6-trial hash:net family inet6 && for variant in nft legacy; do \
      for command in iptables ip6tables; do $command-$variant -S || exit; done; \
      iptables-$variant -A FORWARD -m set --match-set npc-p4-trial src -j DROP || exit; done
      """
    guard let result = try? runProcess(["unshare", "--net", "sh", "-c", trial]) else {
      return "There is no unshare."
    }
    return result.succeeded ? nil : "ipset or iptables does not work here: \(result.errors)"
  }()
}

extension Laboratory {
  /// Runs the script as a user does.
  func load(_ filter: PacketFilter, _ variant: IptablesVariant) throws -> ProcessResult {
    let names = ["IPTABLES=iptables-\(variant)", "IP6TABLES=ip6tables-\(variant)"]
    return try runInNode(["env"] + names + ["sh"], input: filter.script)
  }

  /// What `iptables -S` lists.
  func rules(_ family: IPFamily, _ variant: IptablesVariant) throws -> String {
    let command = family == .ipv4 ? "iptables" : "ip6tables"
    return try runInNode(["\(command)-\(variant)", "-S"]).output
  }

  /// The sets with their elements, in an order of their own.
  func sets() throws -> [String] {
    try runInNode(["ipset", "-sorted", "save"]).output.split(separator: "\n").map(String.init)
      .map { $0.split(separator: " ").prefix { !$0.hasPrefix("hashsize") }.joined(separator: " ") }
      .sorted()
  }
}

extension PacketFilter {
  /// What `iptables -S` lists on a node that has nothing else.
  func listing(_ family: IPFamily) -> [String] {
    let chains = Set(["INPUT", "FORWARD", "OUTPUT"].map { "-P \($0) ACCEPT" })
    let lines = restoreText(family).split(separator: "\n").map(String.init)
    let own = lines.compactMap { line -> String? in
      if line.hasPrefix(":") { return "-N \(line.dropFirst().prefix { $0 != " " })" }
      if line.hasPrefix("-I") { return "-A\(line.dropFirst(2))" }
      return line.hasPrefix("-A") ? line : nil
    }
    return (chains + own).sorted()
  }

  /// What `ipset save` lists: sets with their elements.
  var setListing: [String] {
    let lines = setsText.split(separator: "\n").map(String.init)
    return lines.compactMap { line -> String? in
      let words = line.split(separator: " ")
      switch words.first {
      case "create" where !words[1].hasSuffix("-new"):
        return words.prefix { !$0.hasPrefix("hashsize") }.joined(separator: " ")
      case "add":
        return "add \(words[1].dropLast("-new".count)) \(words[2])"
      default: return nil
      }
    }.sorted()
  }
}
