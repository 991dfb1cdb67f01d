import Apply
import Backends
import CNI
import Compiler
import Masquerade

/// What an agent is told to do.
package struct AgentSettings: Sendable {
  package var node: String
  /// Whether policies also decide connections from pods to the node, and whether addresses of the
  /// node's pods that no known pod has are denied.
  package var scope: Scope
  package var options: NftablesOptions
  /// By which firewall.
  package var firewall: Firewall
  /// How connections are to leave the node; nil when nothing is asked for.
  package var masquerade: MasqueradeRequest?
  /// Where pods send by that are held to their own addresses; nil when none are.
  package var guarded: PodInterfaces?
  /// Whether open connections that become denied are ended.
  package var cutsFlows: Bool
  /// How long a change may wait for others.
  package var coalescing: Duration
  /// How often to look at what tells nothing when others change it: sets of ipset, and rules of
  /// iptables-legacy.
  package var resync: Duration
  /// What is done about others who change our tables.
  package var drift: Drift
  /// How often to look whether somebody else changed our tables.
  package var driftInterval: Duration
  /// How long a start waits for its source before it puts back what was in force last.
  package var startPatience: Duration
  /// Whether to end after the first transaction.
  package var once: Bool
  package var leavesRules: Bool
  /// Whether denied packets are reported, where the rules log them. They are told to the source
  /// all the same.
  package var reportsDenials: Bool
  /// How many denied packets to tell of in a second, for each namespace; where the rules log them.
  package var deniesPerSecond: Int

  /// How far metrics tell what rules let pass and denied.
  package var policyMetrics: PolicyMetrics

  package enum Drift: String, Sendable, CaseIterable {
    /// Put right at once, and who did it is named.
    case watch
    /// Put right within a second. The kernel has less to tell, which large transactions wait for.
    case poll
    /// Left until something changes that the rules follow from.
    case off
  }

  package enum PolicyMetrics: String, Sendable, CaseIterable {
    case none
    case policy
    /// Each part of a policy.
    case rule
  }

  package init(
    node: String, scope: Scope = Scope(), options: NftablesOptions = NftablesOptions(),
    firewall: Firewall = .nftables,
    masquerade: MasqueradeRequest? = nil, guarded: PodInterfaces? = nil,
    cutsFlows: Bool = true, coalescing: Duration = .milliseconds(100),
    resync: Duration = .seconds(600), drift: Drift = .watch, driftInterval: Duration = .seconds(1),
    startPatience: Duration = .seconds(10),
    once: Bool = false, leavesRules: Bool = true, reportsDenials: Bool = true,
    deniesPerSecond: Int = 10,
    policyMetrics: PolicyMetrics = .policy
  ) {
    self.node = node
    self.scope = scope
    self.options = options
    self.firewall = firewall
    self.masquerade = masquerade
    self.guarded = guarded
    self.cutsFlows = cutsFlows
    self.coalescing = coalescing
    self.resync = resync
    self.drift = drift
    self.driftInterval = driftInterval
    self.startPatience = startPatience
    self.once = once
    self.leavesRules = leavesRules
    self.reportsDenials = reportsDenials
    self.deniesPerSecond = deniesPerSecond
    self.policyMetrics = policyMetrics
  }
}
