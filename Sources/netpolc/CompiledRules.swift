import ArgumentParser
import Backends
import Compiler
import Host
import Iptables
import NetSets
import Nftables
import PolicyModel

/// What `compile` made for a node, for whichever firewall.
struct CompiledRules {
  enum Form {
    case nftables(Ruleset)
    case iptables(PacketFilter)
  }

  let form: Form
  let sources: SourceMap

  init(_ compilation: Compilation, _ options: RulesetOptions, node: String?) throws {
    let graph = compilation.graph
    let network = try options.network.usable()
    switch options.backend {
    case .nftables:
      let (rules, sources) = lower(
        graph, try options.nftables(compilation, node: node, network))
      self.form = .nftables(rules)
      self.sources = sources
    case .iptables:
      let (filter, sources) = try loweredToIptables(
        graph, try options.iptables(compilation, node: node, network))
      self.form = .iptables(filter)
      self.sources = sources
    }
  }

  /// Has the kernel load them where they cannot do anything.
  func tryInKernel() throws {
    switch form {
    case .nftables(let rules): try RulesetCheck.run(rules)
    case .iptables(let filter): try FilterCheck.run(filter)
    }
  }

  var text: String {
    switch form {
    case .nftables(let rules): rules.text
    case .iptables(let filter): filter.script
    }
  }

  var fileExtension: String {
    switch form {
    case .nftables: "nft"
    case .iptables: "sh"
    }
  }

  /// What a source map calls the table of a family.
  func tableNames(_ family: IPFamily) -> String {
    switch (form, family) {
    case (.nftables, .ipv4): "ip netpolc"
    case (.nftables, .ipv6): "ip6 netpolc"
    case (.iptables, .ipv4): "iptables filter"
    case (.iptables, .ipv6): "ip6tables filter"
    }
  }

  /// - Parameter directory: made when it is missing.
  func writeParts(into directory: String) throws {
    guard case .iptables(let filter) = form else { return }
    try makeDirectories(directory)
    for (name, text) in filter.parts { try writeFile("\(directory)\(name)", text) }
  }
}
