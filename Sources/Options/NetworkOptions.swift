import ArgumentParser
import CNI

/// Which container network attaches pods: whether rules see their packets, and who translates them.
package struct NetworkOptions: ParsableArguments {
  @Option(
    name: .customLong("cni"),
    help: ArgumentHelp(
      """
      The container network, or auto for that of this machine: says where --anti-spoof looks and \
      whether somebody translates already. cilium and antrea are refused.
      """, valueName: "cni"))
  package var named: NetworkChoice?

  @Flag(
    name: .customLong("force-cni"),
    help: "Go on although rules do not see what pods of cilium or antrea send.")
  package var isForced = false

  package init() {}

  package func validate() throws {
    if isForced, let profile = named?.profile, profile.traits.refusal == nil {
      throw ValidationError("--force-cni is about cilium and antrea; leave it out")
    }
  }

  /// For commands that look at no node by themselves.
  package func requireName() throws {
    if isForced, named == nil {
      throw ValidationError("--force-cni is about a network that --cni names; give that as well")
    }
  }

  /// The network that was named.
  package func usable(_ profile: CNIProfile) throws(OptionRefusal) -> NamedNetwork {
    try refuse(profile, "--cni \(profile.rawValue): ", .input)
    return NamedNetwork(profile: profile, translates: profile.translates)
  }

  /// The network that was named or, by `auto`, found on a node; one that was not named is looked for
  /// as well.
  /// - Returns: nil when nothing was said.
  /// - Throws: when rules would not see pods' packets, and that is not forced.
  package func usable(on node: NodeFacts) throws(OptionRefusal) -> NamedNetwork? {
    guard let profile = named?.profile ?? node.detection?.profile else {
      guard named == .auto else { return nil }
      throw OptionRefusal(
        "--cni auto found no container network here, neither in /etc/cni/net.d nor among links or "
          + "tables; name it", .node)
    }
    let evidence = named?.profile == nil ? node.detection?.evidence : nil
    try refuse(
      profile,
      evidence.map { "\(profile.rawValue) attaches pods (\($0)): " }
        ?? "--cni \(profile.rawValue): ", evidence == nil ? .input : .node)
    if named == nil { return nil }
    return NamedNetwork(
      profile: profile, translates: node.masquerades(profile) ?? profile.translates)
  }

  private func refuse(
    _ profile: CNIProfile, _ beginning: String, _ cause: OptionRefusal.Cause
  ) throws(OptionRefusal) {
    guard let refusal = profile.traits.refusal, !isForced else { return }
    throw OptionRefusal(
      "\(beginning)\(refusal), and policy would not hold; use the network's own policies, or give "
        + "--force-cni where its packets do pass netfilter", cause)
  }
}

/// A network that the user chose, and whether it gives pods' connections another source itself.
package struct NamedNetwork {
  package let profile: CNIProfile
  package let translates: Bool
}

extension CNIProfile {
  /// As a rule, where no file of a node says it.
  fileprivate var translates: Bool { traits.translation == .byNetwork }
}

/// A profile, or `auto`.
package enum NetworkChoice: ExpressibleByArgument, Equatable {
  case auto
  case profile(CNIProfile)

  package init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let profile = CNIProfile(rawValue: argument) {
      self = .profile(profile)
    } else {
      return nil
    }
  }

  package var profile: CNIProfile? {
    switch self {
    case .auto: nil
    case .profile(let profile): profile
    }
  }

  package var defaultValueDescription: String { profile?.rawValue ?? "auto" }
  package static var allValueStrings: [String] { ["auto"] + CNIProfile.allCases.map(\.rawValue) }
  package static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
