import ArgumentParser
import CNI
import Doctor
import Host

/// Which container network attaches pods: whether rules see their packets, and who translates them.
struct NetworkOptions: ParsableArguments {
  @Option(
    name: .customLong("cni"),
    help: ArgumentHelp(
      """
      The container network, or auto for that of this machine: says where --anti-spoof looks and \
      whether somebody translates already. cilium and antrea are refused.
      """, valueName: "cni"))
  var named: NetworkChoice?

  @Flag(
    name: .customLong("force-cni"),
    help: "Go on although rules do not see what pods of cilium or antrea send.")
  var isForced = false

  func validate() throws {
    if isForced, let profile = named?.profile, profile.traits.refusal == nil {
      throw ValidationError("--force-cni is about cilium and antrea; leave it out")
    }
  }

  /// For commands that look at no node by themselves.
  func requireName() throws {
    if isForced, named == nil {
      throw ValidationError("--force-cni is about a network that --cni names; give that as well")
    }
  }

  /// The network that was named or, by `auto`, found on this machine.
  /// - Returns: nil when nothing was said.
  /// - Throws: `ExitCode` when rules would not see pods' packets, and that is not forced.
  func usable() throws -> NamedNetwork? {
    switch named {
    case nil: return nil
    case .profile(let profile):
      try refuse(profile, "--cni \(profile.rawValue): ", .badInput)
      return NamedNetwork(profile: profile, translates: profile.translates)
    case .auto: return try usable(on: try node(in: NetworkNamespace.own()))
    }
  }

  /// The same for a node, on which a network that was not named is looked for as well.
  func usable(on node: Node) throws -> NamedNetwork? {
    guard let profile = node.profile else {
      guard named == .auto else { return nil }
      throw Console.fail(
        "--cni auto found no container network here, neither in /etc/cni/net.d nor among links or "
          + "tables; name it", .environment)
    }
    let evidence = named?.profile == nil ? node.network.detection?.evidence : nil
    try refuse(
      profile,
      evidence.map { "\(profile.rawValue) attaches pods (\($0)): " }
        ?? "--cni \(profile.rawValue): ", evidence == nil ? .badInput : .environment)
    if named == nil { return nil }
    return NamedNetwork(
      profile: profile, translates: node.network.masquerades(profile) ?? profile.translates)
  }

  /// What can be seen of a node, with the network that the user named.
  func node(in namespace: NetworkNamespace) throws -> Node {
    try Node(
      of: NodeSource(root: nil, namespace: namespace), profile: named?.profile, clusterNetworks: [])
  }

  private func refuse(_ profile: CNIProfile, _ beginning: String, _ code: ExitCode) throws {
    guard let refusal = profile.traits.refusal, !isForced else { return }
    throw Console.fail(
      "\(beginning)\(refusal), and policy would not hold; use the network's own policies, or give "
        + "--force-cni where its packets do pass netfilter", code)
  }
}

/// A network that the user chose, and whether it gives pods' connections another source itself.
struct NamedNetwork {
  let profile: CNIProfile
  let translates: Bool
}

extension CNIProfile {
  /// As a rule, where no file of a node says it.
  fileprivate var translates: Bool { traits.translation == .byNetwork }
}

/// A profile, or `auto`.
enum NetworkChoice: ExpressibleByArgument, Equatable {
  case auto
  case profile(CNIProfile)

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let profile = CNIProfile(rawValue: argument) {
      self = .profile(profile)
    } else {
      return nil
    }
  }

  var profile: CNIProfile? {
    switch self {
    case .auto: nil
    case .profile(let profile): profile
    }
  }

  var defaultValueDescription: String { profile?.rawValue ?? "auto" }
  static var allValueStrings: [String] { ["auto"] + CNIProfile.allCases.map(\.rawValue) }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
