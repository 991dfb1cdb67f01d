import Apply
import Denials
import Diagnostics
import Host
import Incremental
import NetSets
import Netfilter
import Nftables
import PolicyModel

/// What an agent measures, in base units, counters ending in `_total`.
package struct Metrics {
  private var output = PrometheusText()

  package var text: String { output.text }

  /// - Parameters:
  ///   - counts: what the loop looked up; nil when it did not answer.
  ///   - process: what this process costs; nil where there is no `/proc`.
  package init(
    _ status: AgentStatus, _ counts: NodeCounts?, version: String, kernel: String,
    process: Accounting?
  ) {
    output.gauge(
      "netpolc_build_info", "Which program this is.",
      [
        (
          [
            "version": version, "backend": status.firewall?.description ?? "", "kernel": kernel,
          ], 1
        )
      ])
    add(syncs: status)
    add(objects: status)
    add(connections: status)
    if !status.watches.isEmpty { add(watches: status.watches) }
    if let counts { add(counts) }
    if let process { add(process) }
  }

  private mutating func add(syncs status: AgentStatus) {
    output.counter(
      "netpolc_sync_total", "Batches of changes, by what became of them.",
      [
        (["result": "changed"], status.transactions), (["result": "noop"], status.unchanged),
        (["result": "error"], status.failures),
      ])
    output.histogram(
      "netpolc_sync_duration_seconds",
      "A batch, from its first step to the kernel's answer, and its two parts.",
      [
        (["phase": "compile"], status.compiling), (["phase": "kernel"], status.enforcing),
        (["phase": "total"], status.syncs),
      ])
    output.histogram(
      "netpolc_policy_programming_latency_seconds",
      "From a change of an object to the kernel's answer.", [([:], status.latency)])
    output.gauge(
      "netpolc_last_success_timestamp_seconds", "When the kernel last held all that is wanted.",
      [([:], status.lastSuccess ?? 0)])
    output.gauge(
      "netpolc_desired_generation", "How often what is wanted changed.",
      [([:], Double(status.desired))])
    output.gauge(
      "netpolc_applied_generation", "Which of these the kernel holds.",
      [([:], Double(status.applied))])
    output.counter(
      "netpolc_drift_total", "Changes of our tables by others that were put right.",
      [([:], status.repairs)])
    output.histogram(
      "netpolc_drift_repair_duration_seconds",
      "From noticing such a change to the kernel's answer.", [([:], status.repairTimes)])
  }

  private mutating func add(objects status: AgentStatus) {
    output.gauge(
      "netpolc_pods", "Pods that are known.",
      [
        (["place": "local"], Double(status.localPods)),
        (["place": "elsewhere"], Double(status.pods - status.localPods)),
      ])
    output.gauge(
      "netpolc_isolated_pods", "Pods of this node that policies isolate.",
      [([:], Double(status.isolatedPods))])
    output.gauge("netpolc_policies", "Policies that are known.", [([:], Double(status.policies))])
    output.gauge(
      "netpolc_audited_policies", "Policies that only tell what they would deny.",
      status.audited.map { (["namespace": $0.namespace ?? "", "policy": $0.name], 1) })
    output.gauge(
      "netpolc_namespaces", "Namespaces that are known.", [([:], Double(status.namespaces))])
    output.gauge(
      "netpolc_quarantined_policies",
      "Policies that cannot be read, and isolate their pods without allowing anything.",
      status.quarantined.map { (["namespace": $0.namespace ?? "", "policy": $0.name], 1) })
    output.counter(
      "netpolc_object_changes_total", "Changes of objects that the source told.",
      [([:], status.objectChanges)])
    output.gauge(
      "netpolc_source_problems", "What the source cannot tell, or tells wrong.",
      [([:], Double(status.sourceProblems.count))])
  }

  private mutating func add(connections status: AgentStatus) {
    output.counter(
      "netpolc_conntrack_rechecked_total",
      "Open connections that were looked at: ended, since they are denied or their pod is gone, or kept.",
      [(["result": "ended"], status.flowsEnded), (["result": "kept"], status.flowsKept)])
    output.counter(
      "netpolc_deny_log_records_total", "Denied and audited packets that were written.",
      [([:], status.denials.told)])
    output.counter(
      "netpolc_deny_log_suppressed_total", "Such packets that were not, and why.",
      [
        (["reason": "rate"], status.denials.suppressed), (["reason": "lost"], status.denials.lost),
      ])
    if let events = status.denyEvents { add(events) }
  }

  private mutating func add(_ events: DenyEvents.Counts) {
    output.counter(
      "netpolc_deny_events_total",
      "Writes of Events that tell of denied packets, and denied packets that none tells of.",
      [
        (["result": "created"], events.created), (["result": "updated"], events.updated),
        (["result": "failed"], events.failed), (["result": "suppressed"], events.suppressed),
      ])
  }

  private mutating func add(watches: [WatchCount]) {
    output.counter(
      "netpolc_watch_events_total", "Additions, changes, removals and bookmarks.",
      watches.map { (["resource": $0.resource], $0.events) })
    output.counter(
      "netpolc_watch_restarts_total",
      "Watches that had to begin anew: the server ended them in time, they failed, or all had to be listed again.",
      watches.flatMap { watch in
        WatchCount.Reason.allCases.map {
          (["resource": watch.resource, "reason": $0.rawValue], watch.restarts[$0] ?? 0)
        }
      })
    output.gauge(
      "netpolc_watch_last_event_timestamp_seconds", "When the API server last told anything.",
      watches.map { (["resource": $0.resource], $0.lastEvent ?? 0) })
  }

  // MARK: - What is looked up

  private mutating func add(_ counts: NodeCounts) {
    let packets = counts.packets ?? [:]
    if let parts = counts.parts { add(parts: parts) } else { add(policies: packets) }
    output.counter(
      "netpolc_audit_would_deny_packets_total",
      "Packets that passed, and that an audited policy would deny.",
      packets.sorted().compactMap { owner, count in
        guard case .audit(let policy, let direction) = owner else { return nil }
        return (
          [
            "namespace": policy.namespace ?? "", "policy": policy.name,
            "direction": direction.rawValue,
          ], Int(clamping: count.packets)
        )
      })
    output.counter(
      "netpolc_denied_packets_total",
      "Packets that policies of the namespace denied.",
      packets.sorted().compactMap { owner, count in
        guard case .isolation(let namespace, let direction) = owner else { return nil }
        return (
          ["namespace": namespace, "direction": direction.rawValue], Int(clamping: count.packets)
        )
      })
    let others: KeyValuePairs = ["deny-unknown": "unknown-pod", "not-new": "not-new"]
    output.counter(
      "netpolc_other_denied_packets_total",
      "Packets denied whatever policies say: of addresses that no known pod has, or in no connection and not beginning one.",
      others.compactMap { counter, reason in
        counts.others[counter].map { (["reason": reason], Int(clamping: $0.packets)) }
      })
    let sizes = counts.sizes.sorted { $0.key < $1.key }
    func size(_ name: String, _ help: String, _ value: (TableSize) -> Int) {
      output.gauge(
        name, help, sizes.map { (["family": $0.key.nftName], Double(value($0.value))) })
    }
    size("netpolc_rules", "Rules in the kernel.", \.rules)
    size("netpolc_sets", "Sets and maps in the kernel.", \.sets)
    size("netpolc_set_elements", "Their elements.", \.elements)
  }

  private mutating func add(policies counts: [CounterOwner: PacketCount]) {
    add(
      allowed: counts.sorted().compactMap { owner, count in
        guard case .policy(let policy, let direction) = owner else { return nil }
        return (
          [
            "namespace": policy.namespace ?? "", "policy": policy.name,
            "direction": direction.rawValue, "verdict": "allow",
          ], count
        )
      })
  }

  /// The same with a label more. Both would count twice in a sum.
  private mutating func add(parts: [CountedPart: PacketCount]) {
    let byOwner = Dictionary(grouping: parts) { $0.key.owner }
    add(
      allowed: byOwner.sorted().flatMap { owner, parts in
        guard case .policy(let policy, let direction) = owner else {
          return [(PrometheusText.Labels, PacketCount)]()
        }
        return parts.sorted { ($0.key.part ?? "") < ($1.key.part ?? "") }.map { part, count in
          (
            [
              "namespace": policy.namespace ?? "", "policy": policy.name,
              "direction": direction.rawValue, "rule": part.part ?? "", "verdict": "allow",
            ], count
          )
        }
      })
  }

  private mutating func add(allowed counts: [(labels: PrometheusText.Labels, PacketCount)]) {
    output.counter(
      "netpolc_policy_packets_total",
      "First packets of connections that a policy's rules let pass.",
      counts.map { ($0.labels, Int(clamping: $0.1.packets)) })
    output.counter(
      "netpolc_policy_bytes_total", "Bytes of these.",
      counts.map { ($0.labels, Int(clamping: $0.1.bytes)) })
  }

  private mutating func add(_ process: Accounting) {
    output.family("process_cpu_seconds_total", "counter", "Processor time, user and system.")
    output.sample("process_cpu_seconds_total", [:], process.processorSeconds)
    output.gauge(
      "process_resident_memory_bytes", "Resident memory.", [([:], Double(process.residentBytes))])
    output.gauge(
      "process_virtual_memory_bytes", "Virtual memory.", [([:], Double(process.virtualBytes))])
    output.gauge(
      "process_open_fds", "Open file descriptors.", [([:], Double(process.openDescriptors))])
    output.gauge(
      "process_max_fds", "How many there may be.", [([:], Double(process.descriptorLimit))])
    output.gauge(
      "process_start_time_seconds", "When it started, since 1970.", [([:], process.startTime)])
  }
}

extension Dictionary where Key == CounterOwner {
  fileprivate func sorted() -> [Element] {
    func key(_ owner: CounterOwner) -> (String, String) {
      switch owner {
      case .policy(let policy, let direction), .audit(let policy, let direction):
        (policy.qualifiedName, direction.rawValue)
      case .isolation(let namespace, let direction): (namespace, direction.rawValue)
      }
    }
    return sorted { key($0.key) < key($1.key) }
  }
}
