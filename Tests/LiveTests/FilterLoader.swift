import Apply
import Host
import Iptables
import NetSets
import TestSupport

extension IptablesVariant {
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
  func load(
    _ filter: PacketFilter, _ variant: IptablesVariant, _ arguments: String...
  ) throws -> ProcessResult {
    let names = ["IPTABLES=iptables-\(variant)", "IP6TABLES=ip6tables-\(variant)", "LOCK="]
    return try runInNode(["env"] + names + ["sh", "-s"] + arguments, input: filter.script)
  }

  /// What `iptables -S` lists.
  func rules(_ family: IPFamily, _ variant: IptablesVariant) throws -> String {
    let command = family == .ipv4 ? "iptables" : "ip6tables"
    return try runInNode(["\(command)-\(variant)", "-S"]).output
  }

  /// The sets with their elements.
  func sets() throws -> [String] {
    PacketFilter.comparable(save: try runInNode(["ipset", "save"]).output)
  }
}
