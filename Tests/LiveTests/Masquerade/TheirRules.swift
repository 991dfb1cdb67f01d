import NetSets
import TestSupport

extension MasqueradeLab {
  /// Adds rules of table nat to the first node, each as a line of words, by iptables on nftables.
  func rules(_ family: IPFamily, _ lines: [String]) throws {
    let program = family == .ipv4 ? "iptables-nft" : "ip6tables-nft"
    for line in lines {
      try nodes.run(
        [program, "-w", "-t", "nat"] + line.split(separator: " ").map(String.init), on: .node1)
    }
  }

  /// With our chain in front, pods keep their addresses among each other; all else stays theirs.
  func checkOverride(
    _ arguments: [String], _ expected: [MasqueradeFlow: MasqueradeExpectation],
    _ families: [IPFamily]
  ) throws {
    let override = arguments + ["--masq", "override"]
    // The interface is for explain alone.
    let interface = override.firstIndex(of: "--out-iface")
    try apply(interface.map { Array(override[..<$0] + override[($0 + 2)...]) } ?? override)
    var kept = expected
    for flow in [
      MasqueradeFlow.podToPodHere, .podToPodElsewhere, .podToServiceHere, .podToServiceElsewhere,
    ] {
      kept[flow] = .own
    }
    for family in families { try check(kept, family, explainedBy: override) }
  }
}
