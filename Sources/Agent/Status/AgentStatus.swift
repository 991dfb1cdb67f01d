import Apply
import Denials
import Diagnostics
import Synchronization

/// What an agent knows of itself, as one turn of its loop left it.
package struct AgentStatus: Sendable {
  package let node: String
  /// The network namespace that it enforces in, by its file's number.
  package let namespace: UInt64
  /// Seconds since 1970.
  package let started: Double
  package var lastTurn = ContinuousClock.now

  /// In which it enforces; nil before it was looked for.
  package var firewall: Firewall?

  // MARK: What is wanted and what is

  /// Whether all objects have come.
  package var isSynced = false
  /// Whether rules of an earlier time are in force, since not all objects have come.
  package var isStale = false
  /// How often the wanted ruleset changed, and which of these the kernel holds.
  package var desired = 0
  package var applied = 0
  /// Since when the kernel does not hold what is wanted; nil when it does.
  package var behindSince: ContinuousClock.Instant?
  /// Why the last transaction was refused; nil when it was not.
  package var refusal: String?
  /// Seconds since 1970; nil before the first.
  package var lastSuccess: Double?

  // MARK: Objects

  package var pods = 0
  package var localPods = 0
  package var isolatedPods = 0
  package var namespaces = 0
  package var policies = 0
  /// Those that only tell what they would deny, sorted.
  package var audited: [ObjectReference] = []
  package var quarantined: [ObjectReference] = []
  /// Why objects are not enforced as they are written.
  package var problems: [ObjectReference: String] = [:]
  package var sourceProblems: [String] = []
  package var watches: [WatchCount] = []

  // MARK: Counts since the start

  package var transactions = 0
  /// Changes of objects that changed nothing in the kernel.
  package var unchanged = 0
  package var failures = 0
  package var objectChanges = 0
  package var repairs = 0
  package var lastRepair: Repair?
  package var flowsEnded = 0
  /// Connections that were looked at and that rules allow.
  package var flowsKept = 0
  package var denials = DenialCounts()
  /// nil where no Events are written of denied packets.
  package var denyEvents: DenyEvents.Counts?

  // MARK: Times

  /// Of a batch, from its first step to the kernel's answer.
  package var syncs = Histogram()
  /// Of that, what it takes to work out what is wanted, and what is left for the kernel.
  package var compiling = Histogram()
  package var enforcing = Histogram()
  package var lastSync: Duration?
  /// From an object's change, as the source told it, to the kernel's answer.
  package var latency = Histogram()
  package var repairTimes = Histogram()

  package init(node: String, namespace: UInt64, started: Double) {
    self.node = node
    self.namespace = namespace
    self.started = started
  }
}

/// How somebody else's change of our tables was put right.
package struct Repair: Hashable, Sendable {
  /// The name of the program, as the kernel told it.
  package let culprit: String?
  /// Seconds since 1970.
  package let time: Double
  package let duration: Duration
}

/// Where a loop leaves its status for whoever asks.
package final class StatusBoard: Sendable {
  private let content: Mutex<AgentStatus>

  package init(_ status: AgentStatus) { content = Mutex(status) }

  package var status: AgentStatus {
    get { content.withLock { $0 } }
    set { content.withLock { $0 = newValue } }
  }
}
