import Compiler
import Diagnostics
import Iptables
import Kubernetes
import NetSets
import Nftables
import PolicyModel

/// `--stats`: what was read and what came of it.
struct Statistics {
  private let compilation: Compilation
  private let node: String?
  private let rules: CompiledRules

  init(_ compilation: Compilation, node: String?, _ rules: CompiledRules) {
    self.compilation = compilation
    self.node = node
    self.rules = rules
  }

  func print() {
    let cluster = compilation.input.cluster
    Console.say(
      "read       \(counted(compilation.input.policies.count, "policy", "policies")), "
        + "\(counted(cluster.pods.count, "pod", "pods")), "
        + "\(counted(cluster.workloads.count, "workload", "workloads")) in "
        + counted(cluster.namespaces.count, "namespace", "namespaces"))
    let local = compilation.graph.endpoints.filter { $0.isLocal && !$0.addresses.isEmpty }
    Console.say(
      "node       \(node ?? "every node"): \(counted(local.count, "local pod", "local pods")), "
        + "\(isolated(local, .ingress)) isolated for ingress, \(isolated(local, .egress)) for egress"
    )
    switch rules.form {
    case .nftables(let ruleset):
      for table in ruleset.tables { Console.say("table      \(line(table))") }
    case .iptables(let filter):
      for table in filter.tables { Console.say("table      \(line(table, filter))") }
    }
  }

  private func isolated(_ endpoints: [Endpoint], _ direction: Direction) -> Int {
    endpoints.count { compilation.graph.isolates($0, direction) }
  }

  private func line(_ table: OwnTable, _ filter: PacketFilter) -> String {
    let sets = filter.sets(table.family, table.name)
    return "\(table.family.command) \(table.name.rawValue): "
      + "\(counted(table.chains.count, "chain", "chains")), "
      + "\(table.chains.reduce(0) { $0 + $1.rules.count }) rules, "
      + "\(counted(sets.count, "set", "sets")) "
      + "(\(sets.reduce(0) { $0 + $1.content.count }) elements)"
  }

  private func line(_ table: Table) -> String {
    let elements =
      table.maps.reduce(0) { $0 + $1.elements.count }
      + table.sets.reduce(0) { $0 + $1.content.count }
    let bytes = table.listing.utf8.count
    let size = bytes < 10_000 ? "\(bytes) bytes" : "\(bytes / 1000) KB"
    return "\(table.family == .ipv4 ? "ip" : "ip6") \(table.name): "
      + "\(counted(table.chains.count, "chain", "chains")), "
      + "\(table.chains.reduce(0) { $0 + $1.rules.count }) rules, "
      + "\(counted(table.sets.count, "set", "sets")) and \(table.maps.count) maps "
      + "(\(elements) elements), \(table.counters.count) counters, \(size)"
  }
}

extension SetContent {
  fileprivate var count: Int {
    switch self {
    case .addresses(let addresses): addresses.count
    case .endpoints(let keys): keys.count
    case .intervals(let ranges): ranges.count
    case .flows: 0
    }
  }
}
