import ArgumentParser
import CNI
import Compiler
import Diagnostics
import Kubernetes
import Masquerade
import NetSets

/// By which source addresses connections leave the node, and who sees to it.
struct MasqueradeOptions: ParsableArguments {
  @Option(
    name: .customLong("masq"),
    help: ArgumentHelp(
      """
      Who translates sources: own, rules of netpolc; observe, the node's own translator, which \
      explain --nat tells of; override, that one, but pods keep their addresses among each other. \
      own with --masq-from, else observe.
      """, valueName: "mode"))
  var mode: MasqueradeMode?

  @Option(
    name: .customLong("masq-from"), parsing: .singleValue,
    help: ArgumentHelp(
      "Translate what these addresses, those of pods, send to others; several with commas, or repeatable.",
      valueName: "cidr"))
  var fromLists: [CommaList<CIDRArgument>] = []

  @Option(
    name: .customLong("masq-skip"), parsing: .singleValue,
    help: ArgumentHelp("But not to these; likewise.", valueName: "cidr"))
  var skipLists: [CommaList<CIDRArgument>] = []

  @Option(
    name: .customLong("masq-to"), parsing: .singleValue,
    help: ArgumentHelp(
      "Translate to this address, one a family, instead of that of the interface.",
      valueName: "address"))
  var toLists: [CommaList<AddressArgument>] = []

  @Option(
    name: .customLong("masq-ports"),
    help: ArgumentHelp("Translate to these source ports.", valueName: "first-last"))
  var ports: PortRangeArgument?

  @Option(
    name: .customLong("masq-random"),
    help: "How source ports are chosen: at random, by a hash, or kept; fully, if not given.")
  var random: Masquerade.Ports.Choice?

  @Option(
    name: .customLong("masq-out-iface"), parsing: .singleValue,
    help: ArgumentHelp(
      "Translate only what leaves by this interface, such as eth0 or eth+; repeatable.",
      valueName: "name"))
  var outInterfaceLists: [CommaList<InterfaceArgument>] = []

  @Option(
    name: .customLong("masq-config"), parsing: .singleValue,
    help: ArgumentHelp(
      """
      What configures the node's own translator: Flannel's net-conf.json and subnet.env, \
      ConfigMaps and DaemonSets of ip-masq-agent, aws-node's or kindnet's DaemonSet, cilium-config, \
      antrea-config, a CNI configuration of bridge or ptp; repeatable. Calico's IPPools are read \
      from -f.
      """, valueName: "file"), completion: .file())
  var configurations: [String] = []

  private var from: [IPPrefix] { fromLists.flatMap(\.values).map(\.prefix) }
  private var skip: [IPPrefix] { skipLists.flatMap(\.values).map(\.prefix) }
  private var to: [IPAddress] { toLists.flatMap(\.values).map(\.address) }
  private var outInterfaces: [InterfacePattern] {
    outInterfaceLists.flatMap(\.values).map(\.pattern)
  }

  /// Whether rules are asked for.
  var makesRules: Bool {
    switch mode {
    case .own, .override: true
    case .observe: false
    case nil: configurations.isEmpty && !from.isEmpty
    }
  }

  /// Whether anything is said.
  var isGiven: Bool {
    mode != nil || !from.isEmpty || !configurations.isEmpty || !skip.isEmpty || isDetailed
  }

  private var isDetailed: Bool {
    !to.isEmpty || ports != nil || random != nil || !outInterfaces.isEmpty
  }

  func validate() throws {
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
  func requireRules(_ command: String) throws {
    guard isGiven, !makesRules, mode != .observe else { return }
    throw ValidationError(
      "--masq-config tells what the node's own translator does, which \(command) leaves to it; "
        + "give --masq own or override to make rules, or ask netpolc explain --nat")
  }

  /// Where the network translates, rules of ours that do so too are what the user asked for, or none.
  func requireSoleTranslator(_ network: NamedNetwork?) throws {
    guard let network, network.translates, mode == nil, makesRules else { return }
    throw Console.fail(
      "\(network.profile.rawValue) translates what pods send itself; give --masq override for pods "
        + "to keep their addresses among each other, or --masq own if it does not translate here",
      .badInput)
  }

  /// - Parameters:
  ///   - node: by its name; nil when the rules are for any.
  ///   - needsPools: whether it is an error that there are none to translate.
  /// - Returns: nil when nothing is said of translation.
  func masquerade(
    _ input: Input, node name: String?, needsPools: Bool = true
  ) throws -> NodeMasquerade? {
    let node = name.flatMap { name in input.cluster.nodes.first { $0.name == name } }
    if !configurations.isEmpty { return try configured(node, input.cluster.nodes) }
    if !from.isEmpty { return NodeMasquerade(plain, mode ?? .own) }
    guard !input.ipPools.isEmpty else {
      if mode == nil || !needsPools { return nil }
      throw Console.fail(
        "nothing says what is translated: the input has no IPPool; give --masq-from or "
          + "--masq-config", .badInput)
    }
    if !to.isEmpty || ports != nil || random != nil || !outInterfaces.isEmpty {
      throw Console.fail(
        "IPPools are translated as FelixConfiguration says; give --masq-from to use --masq-to, "
          + "--masq-ports, --masq-random or --masq-out-iface", .badInput)
    }
    let pools = Masquerade(
      pools: input.ipPools, input.outgoingNAT, nodes: input.cluster.nodes,
      skip: skip)
    return NodeMasquerade(pools, mode ?? .observe)
  }

  private var plain: Masquerade {
    var plain = PlainMasquerade(from: from)
    plain.skip = skip
    plain.to = to
    plain.ports = Masquerade.Ports(ports?.range, random ?? .fully)
    plain.outInterfaces = outInterfaces
    return plain.masquerade
  }

  private func configured(_ node: Node?, _ nodes: [Node]) throws -> NodeMasquerade {
    var diagnostics = Diagnostics()
    let files = try InputFiles.read(configurations)
    let read = readMasqueradeConfiguration(files, &diagnostics)
    try DiagnosticPrinter(files).check(diagnostics)
    guard let read else {
      throw Console.fail("the files of --masq-config are empty", .badInput)
    }
    if mode == .own, let reason = read.reasonNotToOwn {
      throw Console.fail(
        "--masq own cannot stand in for \(read.profile.rawValue): \(reason)", .badInput)
    }
    if mode == .override, let reason = read.reasonNotToOverride {
      throw Console.fail(
        "--masq override has no effect on \(read.profile.rawValue): \(reason)", .badInput)
    }
    let context = MasqueradeContext(
      from: from, skip: skip, to: to, node: node, nodes: nodes)
    do {
      return NodeMasquerade(try read.masquerade(context), mode ?? .observe)
    } catch {
      throw Console.fail("\(error)", .badInput)
    }
  }
}

extension MasqueradeMode: ExpressibleByArgument {}

extension Masquerade.Ports.Choice: ExpressibleByArgument {}

/// `a,b`: one or more, separated by commas.
struct CommaList<Value: ExpressibleByArgument>: ExpressibleByArgument {
  let values: [Value]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    values = parts.compactMap { Value(argument: String($0)) }
    guard values.count == parts.count else { return nil }
  }
}

/// `10.244.0.0/16`
struct CIDRArgument: ExpressibleByArgument {
  let prefix: IPPrefix

  init?(argument: String) {
    guard let written = WrittenPrefix(argument), written.quirks.isEmpty else { return nil }
    prefix = written.prefix
  }
}

struct AddressArgument: ExpressibleByArgument {
  let address: IPAddress

  init?(argument: String) {
    guard let address = IPAddress(argument) else { return nil }
    self.address = address
  }
}

struct InterfaceArgument: ExpressibleByArgument {
  let pattern: InterfacePattern

  init?(argument: String) {
    guard let pattern = InterfacePattern(argument) else { return nil }
    self.pattern = pattern
  }
}

/// `32768-65535`
struct PortRangeArgument: ExpressibleByArgument {
  let range: ClosedRange<UInt16>

  init?(argument: String) {
    let ends = argument.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = UInt16(ends[0]), let last = UInt16(ends[1]),
      first > 0, first <= last
    else { return nil }
    range = first...last
  }
}
