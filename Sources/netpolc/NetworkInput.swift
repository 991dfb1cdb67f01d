import ArgumentParser
import Doctor
import Host
import Options

/// Which container network attaches pods, by options and what is on this machine.
extension NetworkOptions {
  /// The network that was named or, by `auto`, found on this machine.
  /// - Returns: nil when nothing was said.
  /// - Throws: `ExitCode` when rules would not see pods' packets, and that is not forced.
  func usable() throws -> NamedNetwork? {
    switch named {
    case nil: nil
    case .profile(let profile): try OptionRefusal.reporting { try usable(profile) }
    case .auto: try usable(on: try node(in: NetworkNamespace.own()))
    }
  }

  /// The same for a node, on which a network that was not named is looked for as well.
  func usable(on node: Node) throws -> NamedNetwork? {
    try OptionRefusal.reporting { try usable(on: node.network) }
  }

  /// What can be seen of a node, with the network that the user named.
  func node(in namespace: NetworkNamespace) throws -> Node {
    try Node(
      of: NodeSource(root: nil, namespace: namespace), profile: named?.profile, clusterNetworks: [])
  }
}

extension OptionRefusal {
  /// Ends the command where options cannot be followed.
  static func reporting<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let refusal as OptionRefusal {
      switch refusal.cause {
      case .input: throw Console.fail("\(refusal)", .badInput)
      case .node: throw Console.fail("\(refusal)", .environment)
      }
    }
  }
}
