import CNI
import NetSets

/// All that is known of a node when it is examined.
package struct Node: Sendable {
  package var network: NodeFacts
  /// What is wrong with the files of the container network.
  package var fileProblems: [String]
  /// What `--cni` says, which no detection changes.
  package var forcedProfile: CNIProfile?
  /// The pods of all nodes, when the user says so.
  package var clusterNetworks: [IPPrefix]
  package var settings: Settings
  /// The kernel's main routing tables of both families.
  package var routes: Known<[Route]>
  /// The tables of the kernel's firewall that are not ours, as far as packets between pods meet them.
  package var firewall: Known<Firewall>
  /// The names of our own tables that are there.
  package var ownTables: Known<[String]>
  /// Whether kube-proxy has virtual servers (`/proc/net/ip_vs`).
  package var hasVirtualServers: Bool
  /// Whether packets were forwarded here while connections were not tracked.
  package var hasUntrackedStreams: Bool
  package var capabilities: Known<Capabilities>
  /// Of what rulesets need, that which the kernel refuses.
  package var missingFeatures: Known<[MissingFeature]>
  /// The links that the node's files show are those of another network namespace than the one that
  /// is examined; nil when they are not, or the files are of no running node.
  package var foreignLinks: String?

  /// Names of links, such as of bridges.
  package func link(_ name: String) -> Link? {
    network.links.value?.first { $0.name == name }
  }

  package var profile: CNIProfile? { forcedProfile ?? network.detection?.profile }

  /// The configuration that the runtime uses, unless the user says that the network is another.
  package var configuration: NetworkConfiguration? { network.configurations.first }

  /// The bridges that pods are ports of; none where each has a link of its own.
  package var bridges: [NetworkConfiguration.BridgeSettings] {
    let isBridged = profile?.traits.podTraffic == .bridged
    // What the user says of the network, no file gainsays.
    if forcedProfile != nil, !isBridged { return [] }
    let configured = configuration?.bridges ?? []
    if !configured.isEmpty || !isBridged { return configured }
    return [NetworkConfiguration.BridgeSettings(device: "cni0", isolatesPorts: false)]
  }

  /// The pods of this node.
  package var podSubnets: [IPPrefix] { network.podSubnets }

  /// The pods of all nodes as far as they are known, and this node's.
  package var podNetworks: [IPPrefix] {
    let cluster = clusterPodNetworks
    return cluster
      + podSubnets.filter { subnet in
        !cluster.contains { $0 == subnet || $0.strictlyContains(subnet) }
      }
  }

  /// The pods of all nodes.
  package var clusterPodNetworks: [IPPrefix] {
    clusterNetworks.isEmpty ? network.clusterPodNetworks : clusterNetworks
  }

  package init(
    network: NodeFacts, fileProblems: [String] = [], forcedProfile: CNIProfile? = nil,
    clusterNetworks: [IPPrefix] = [], settings: Settings, routes: Known<[Route]>,
    firewall: Known<Firewall>, ownTables: Known<[String]>, hasVirtualServers: Bool = false,
    hasUntrackedStreams: Bool = false, capabilities: Known<Capabilities>,
    missingFeatures: Known<[MissingFeature]>, foreignLinks: String? = nil
  ) {
    self.network = network
    self.fileProblems = fileProblems
    self.forcedProfile = forcedProfile
    self.clusterNetworks = clusterNetworks
    self.settings = settings
    self.routes = routes
    self.firewall = firewall
    self.ownTables = ownTables
    self.hasVirtualServers = hasVirtualServers
    self.hasUntrackedStreams = hasUntrackedStreams
    self.capabilities = capabilities
    self.missingFeatures = missingFeatures
    self.foreignLinks = foreignLinks
  }
}

/// What is under `/proc/sys`, by the names of sysctl(8), with slashes where a name has dots.
package struct Settings: Sendable {
  /// Whether there is any, without which a missing one says nothing.
  package var isReadable: Bool
  package var values: [String: String]

  package init(isReadable: Bool, values: [String: String]) {
    self.isReadable = isReadable
    self.values = values
  }

  package subscript(_ name: String) -> String? { values[name] }

  package func number(_ name: String) -> Int? { values[name].flatMap { Int($0) } }
}

/// What this process may do.
package struct Capabilities: Sendable, Hashable {
  /// CAP_NET_ADMIN
  package let administersNetworks: Bool

  package init(administersNetworks: Bool) { self.administersNetworks = administersNetworks }
}

/// Something that rulesets need and the kernel does not take.
package struct MissingFeature: Sendable, Hashable {
  /// Such as `reject`.
  package let name: String
  /// The option of the kernel's build, such as `CONFIG_NFT_REJECT`.
  package let option: String
  package let module: String?
  /// The flag without which it is not needed; nil when every ruleset needs it.
  package let neededBy: String?
  package let reason: String

  package init(name: String, option: String, module: String?, neededBy: String?, reason: String) {
    self.name = name
    self.option = option
    self.module = module
    self.neededBy = neededBy
    self.reason = reason
  }
}

/// A route of the main table.
package struct Route: Sendable, Hashable {
  package let destination: IPPrefix
  package let hasGateway: Bool
  package let interface: String

  package init(destination: IPPrefix, hasGateway: Bool, interface: String) {
    self.destination = destination
    self.hasGateway = hasGateway
    self.interface = interface
  }
}

/// Somebody else's tables, and those that cannot be read.
package struct Firewall: Sendable {
  /// Every table by name, read or not: `inet firewalld`.
  package var tableNames: [String]
  package var tables: [ForeignTable]
  /// Those with a chain at a hook that pods' packets pass, and why their rules are not known.
  package var unreadable: [Unreadable]

  package struct Unreadable: Sendable, Hashable {
    package let table: String
    package let hook: ForeignChain.Hook
    package let why: String

    package init(table: String, hook: ForeignChain.Hook, why: String) {
      self.table = table
      self.hook = hook
      self.why = why
    }
  }

  package init(
    tableNames: [String] = [], tables: [ForeignTable] = [], unreadable: [Unreadable] = []
  ) {
    self.tableNames = tableNames
    self.tables = tables
    self.unreadable = unreadable
  }

  /// The names of all chains that were read.
  package var chainNames: [String] { tables.flatMap { $0.chains.map(\.name) } }
}
