import ArgumentParser
import CNI
import Masquerade
import NetSets

/// By which source addresses connections leave the node, and who sees to it.
package struct MasqueradeOptions: ParsableArguments {
  @Option(
    name: .customLong("masq"),
    help: ArgumentHelp(
      """
      Who translates sources: own, rules of netpolc; observe, the node's own translator, which \
      explain --nat tells of; override, that one, but pods keep their addresses among each other. \
      own with --masq-from, else observe.
      """, valueName: "mode"))
  package var mode: MasqueradeMode?

  @Option(
    name: .customLong("masq-from"), parsing: .singleValue,
    help: ArgumentHelp(
      "Translate what these addresses, those of pods, send to others; several with commas, or repeatable.",
      valueName: "cidr"))
  package var fromLists: [CommaList<CIDRArgument>] = []

  @Option(
    name: .customLong("masq-skip"), parsing: .singleValue,
    help: ArgumentHelp("But not to these; likewise.", valueName: "cidr"))
  package var skipLists: [CommaList<CIDRArgument>] = []

  @Option(
    name: .customLong("masq-to"), parsing: .singleValue,
    help: ArgumentHelp(
      "Translate to this address, one a family, instead of that of the interface.",
      valueName: "address"))
  package var toLists: [CommaList<AddressArgument>] = []

  @Option(
    name: .customLong("masq-ports"),
    help: ArgumentHelp("Translate to these source ports.", valueName: "first-last"))
  package var ports: PortRangeArgument?

  @Option(
    name: .customLong("masq-random"),
    help: "How source ports are chosen: at random, by a hash, or kept; fully, if not given.")
  package var random: Masquerade.Ports.Choice?

  @Option(
    name: .customLong("masq-out-iface"), parsing: .singleValue,
    help: ArgumentHelp(
      "Translate only what leaves by this interface, such as eth0 or eth+; repeatable.",
      valueName: "name"))
  package var outInterfaceLists: [CommaList<InterfaceArgument>] = []

  @Option(
    name: .customLong("masq-config"), parsing: .singleValue,
    help: ArgumentHelp(
      """
      What configures the node's own translator: Flannel's net-conf.json and subnet.env, \
      ConfigMaps and DaemonSets of ip-masq-agent, aws-node's or kindnet's DaemonSet, cilium-config, \
      antrea-config, a CNI configuration of bridge or ptp; repeatable. Calico's IPPools are read \
      with the policies.
      """, valueName: "file"), completion: .file())
  package var configurations: [String] = []

  package init() {}

  private var from: [IPPrefix] { fromLists.flatMap(\.values).map(\.prefix) }
  private var skip: [IPPrefix] { skipLists.flatMap(\.values).map(\.prefix) }
  private var to: [IPAddress] { toLists.flatMap(\.values).map(\.address) }
  private var outInterfaces: [InterfacePattern] {
    outInterfaceLists.flatMap(\.values).map(\.pattern)
  }

  /// Whether rules are asked for.
  package var makesRules: Bool {
    switch mode {
    case .own, .override: true
    case .observe: false
    case nil: configurations.isEmpty && !from.isEmpty
    }
  }

  /// Whether anything is said.
  package var isGiven: Bool {
    mode != nil || !from.isEmpty || !configurations.isEmpty || !skip.isEmpty || isDetailed
  }

  private var isDetailed: Bool {
    !to.isEmpty || ports != nil || random != nil || !outInterfaces.isEmpty
  }

  package func validate() throws {
    if Set(to.map(\.family)).count < to.count {
      throw ValidationError("--masq-to takes one address a family")
    }
    if configurations.isEmpty, from.isEmpty, mode == nil, isGiven {
      throw ValidationError(
        "there is nothing to translate; give --masq-from, --masq-config or --masq")
    }
    if !configurations.isEmpty, ports != nil || random != nil || !outInterfaces.isEmpty {
      throw ValidationError(
        "--masq-config says which ports and interfaces, so that --masq-ports, --masq-random and "
          + "--masq-out-iface have no effect")
    }
    if mode == .override, isDetailed {
      throw ValidationError("--masq override translates nothing; it takes no address and no ports")
    }
  }

  /// For commands that make rules: what is only to be told would have no effect.
  package func requireRules(_ command: String) throws {
    guard isGiven, !makesRules, mode != .observe else { return }
    throw ValidationError(
      "--masq-config tells what the node's own translator does, which \(command) leaves to it; "
        + "give --masq own or override to make rules, or ask netpolc explain --nat")
  }

  /// Where the network translates, rules of ours that do so too are what the user asked for, or none.
  package func requireSoleTranslator(_ network: NamedNetwork?) throws(OptionRefusal) {
    guard let network, network.translates, mode == nil, makesRules else { return }
    throw OptionRefusal(
      "\(network.profile.rawValue) translates what pods send itself; give --masq override for pods "
        + "to keep their addresses among each other, or --masq own if it does not translate here")
  }

  /// - Parameter read: what files of a translator say.
  /// - Throws: `OptionRefusal`, and what `read` throws.
  package func request(
    reading read: ([String]) throws -> MasqueradeConfiguration
  ) throws -> MasqueradeRequest {
    if !configurations.isEmpty {
      var request = MasqueradeRequest(.files(try owned(read(configurations))), mode ?? .observe)
      (request.from, request.skip, request.to) = (from, skip, to)
      return request
    }
    if !from.isEmpty { return MasqueradeRequest(.flags(plain), mode ?? .own) }
    if isDetailed {
      throw OptionRefusal(
        "IPPools are translated as FelixConfiguration says; give --masq-from to use --masq-to, "
          + "--masq-ports, --masq-random or --masq-out-iface")
    }
    var request = MasqueradeRequest(.pools, mode ?? .observe)
    request.skip = skip
    return request
  }

  private var plain: PlainMasquerade {
    var plain = PlainMasquerade(from: from)
    plain.skip = skip
    plain.to = to
    plain.ports = Masquerade.Ports(ports?.range, random ?? .fully)
    plain.outInterfaces = outInterfaces
    return plain
  }

  /// Refuses what rules of ours cannot do about a translator.
  private func owned(
    _ configuration: MasqueradeConfiguration
  ) throws -> MasqueradeConfiguration {
    let name = configuration.profile.rawValue
    if mode == .own, let reason = configuration.reasonNotToOwn {
      throw OptionRefusal("--masq own cannot stand in for \(name): \(reason)")
    }
    if mode == .override, let reason = configuration.reasonNotToOverride {
      throw OptionRefusal("--masq override has no effect on \(name): \(reason)")
    }
    return configuration
  }
}

extension MasqueradeMode: ExpressibleByArgument {}

extension Masquerade.Ports.Choice: ExpressibleByArgument {}
