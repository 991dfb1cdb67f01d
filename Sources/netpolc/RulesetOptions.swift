import Apply
import ArgumentParser
import Backends
import Compiler
import Masquerade
import Options

/// The options that decide what a ruleset enforces, the same for every command that makes one.
struct RulesetOptions: ParsableArguments {
  @Option(help: "The node to compile for. Without it every pod counts as local.")
  var node: String?

  @Option(help: "The firewall to make rules for; iptables comes with sets of ipset.")
  var backend = Backend.nftables

  @Flag(help: "Deny the addresses of the node's pod CIDRs that no known pod has.")
  var failClosed = false

  @Option(help: "Whether policies decide what pods send to their own node.")
  var hostEgress = HostEgress.allow

  @Option(help: "How denied connections are answered.")
  var deny = NftablesOptions.Deny.drop

  @Flag(help: "Send denied packets, at most 20 a second, to an nflog group.")
  var denyLog = false

  @Option(
    help: ArgumentHelp(
      "The group of --deny-log; 100, if not given. It can have one reader.", valueName: "number"))
  var nflogGroup: UInt16?

  @OptionGroup var masquerade: MasqueradeOptions

  @OptionGroup var network: NetworkOptions

  @OptionGroup var spoofing: SpoofOptions

  enum Backend: String, ExpressibleByArgument, CaseIterable {
    case nftables
    case iptables
  }

  func validate() throws {
    if backend == .iptables, spoofing.isOn {
      throw ValidationError("--anti-spoof is made for nftables only; leave --backend iptables out")
    }
    try spoofing.check(network.named)
    if nflogGroup != nil, !denyLog {
      throw ValidationError("--nflog-group is about --deny-log, which is not given")
    }
  }

  /// Whether anything is asked for that rules have and the graph has not.
  var changesDenial: Bool { deny != .drop || denyLog }

  /// Whether anything is asked for that only what is compiled can have.
  var isAboutCompiling: Bool {
    changesDenial || failClosed || hostEgress != .allow || masquerade.isGiven || spoofing.isOn
      || network.named != nil
  }

  var denyLogging: DenyLogging? {
    denyLog ? DenyLogging(group: nflogGroup ?? DenyLogging().group) : nil
  }

  var scope: Scope { scope(node: node) }

  func scope(node: String?) -> Scope {
    Scope(node: node, policesOwnNode: hostEgress == .enforce, failsClosed: failClosed)
  }

  /// - Parameter network: of which `network` says that rules see its pods' packets.
  func nftables(
    _ compilation: Compilation, node: String?, _ network: NamedNetwork?, needsPools: Bool = true
  ) throws -> NftablesOptions {
    var options = NftablesOptions(deny: deny, denyLog: denyLogging, node: node)
    try OptionRefusal.reporting { try masquerade.requireSoleTranslator(network) }
    options.masquerade = try masquerade.masquerade(
      compilation.input, node: node, isIptables: false, needsPools: needsPools)
    options.antiSpoofing = try spoofing.antiSpoofing(compilation.graph, network?.profile)
    return options
  }
}

extension RulesetOptions {
  func iptables(
    _ compilation: Compilation, node: String?, _ network: NamedNetwork?, needsPools: Bool = true
  ) throws -> IptablesOptions {
    var options = IptablesOptions(deny: deny, denyLog: denyLogging)
    try OptionRefusal.reporting { try masquerade.requireSoleTranslator(network) }
    options.masquerade = try masquerade.masquerade(
      compilation.input, node: node, isIptables: true, needsPools: needsPools)
    return options
  }
}
