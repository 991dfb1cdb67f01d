import NetSets

/// What iptables and ipset list of a node that holds this and nothing else: their lines, sorted.
/// Chains are listed by name and elements by their hash, so that lines are all there is to compare.
extension PacketFilter {
  /// Of `iptables -t TABLE -S`, where nobody else has rules.
  package func listing(_ family: IPFamily, _ table: TableName = .filter) -> [String] {
    let policies = table.builtInChains.map { "-P \($0) ACCEPT" }
    let lines = restoreText(family, table).split(separator: "\n").compactMap { line -> String? in
      if line.hasPrefix(":") { return "-N \(line.dropFirst().prefix { $0 != " " })" }
      if line.hasPrefix("-I") { return "-A\(line.dropFirst(2))" }
      return line.hasPrefix("-A") ? String(line) : nil
    }
    return (policies + lines).sorted()
  }

  /// Of `ipset save`, as `comparable(save:)` leaves it.
  package var setListing: [String] {
    let lines = setsText.split(separator: "\n").filter { !$0.hasPrefix("#") }
    return PacketFilter.comparable(save: lines.joined(separator: "\n"))
  }

  /// Without how large a hash grew, and what else the kernel chooses.
  package static func comparable(save text: String) -> [String] {
    text.split(separator: "\n").map { line in
      line.split(separator: " ").prefix { $0 != "hashsize" }.joined(separator: " ")
    }.sorted()
  }
}

extension TableName {
  fileprivate var builtInChains: [String] {
    switch self {
    case .filter: ["FORWARD", "INPUT", "OUTPUT"]
    case .nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]
    }
  }
}
