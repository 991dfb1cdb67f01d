import Diagnostics
import Host

/// Metrics in Prometheus' text format 0.0.4, in base units, counters ending in `_total`.
package struct Metrics {
  package private(set) var text = ""

  /// - Parameter process: what this process costs; nil where there is no `/proc`.
  package init(_ status: AgentStatus, version: String, kernel: String, process: Accounting?) {
    gauge(
      "netpolc_build_info", "Which program this is.",
      [(["version": version, "backend": "nftables", "kernel": kernel], 1)])
    counter(
      "netpolc_sync_total", "Batches of changes, by what became of them.",
      [
        (["result": "changed"], status.transactions), (["result": "noop"], status.unchanged),
        (["result": "error"], status.failures),
      ])
    histogram(
      "netpolc_sync_duration_seconds", "A batch, from its first step to the kernel's answer.",
      status.syncs)
    histogram(
      "netpolc_policy_programming_latency_seconds",
      "From a change of an object to the kernel's answer.", status.latency)
    gauge(
      "netpolc_last_success_timestamp_seconds", "When the kernel last held all that is wanted.",
      [([:], status.lastSuccess ?? 0)])
    gauge(
      "netpolc_desired_generation", "How often what is wanted changed.",
      [([:], Double(status.desired))])
    gauge(
      "netpolc_applied_generation", "Which of these the kernel holds.",
      [([:], Double(status.applied))])
    gauge(
      "netpolc_pods", "Pods that are known.",
      [
        (["place": "local"], Double(status.localPods)),
        (["place": "elsewhere"], Double(status.pods - status.localPods)),
      ])
    gauge("netpolc_policies", "Policies that are known.", [([:], Double(status.policies))])
    gauge("netpolc_namespaces", "Namespaces that are known.", [([:], Double(status.namespaces))])
    gauge(
      "netpolc_quarantined_policies",
      "Policies that cannot be read, and isolate their pods without allowing anything.",
      status.quarantined.map { (["namespace": $0.namespace ?? "", "policy": $0.name], 1) })
    counter(
      "netpolc_object_changes_total", "Changes of objects that the source told.",
      [([:], status.objectChanges)])
    counter(
      "netpolc_drift_total", "Changes of our tables by others that were put right.",
      [([:], status.repairs)])
    histogram(
      "netpolc_drift_repair_duration_seconds",
      "From noticing such a change to the kernel's answer.",
      status.repairTimes)
    counter(
      "netpolc_flows_ended_total", "Open connections that were ended since they are denied.",
      [([:], status.flowsEnded)])
    counter(
      "netpolc_deny_log_records_total", "Denied packets that were written.",
      [([:], status.denials.told)])
    counter(
      "netpolc_deny_log_suppressed_total", "Denied packets that were not, and why.",
      [
        (["reason": "rate"], status.denials.suppressed), (["reason": "lost"], status.denials.lost),
      ])
    gauge(
      "netpolc_source_problems", "What the source cannot tell, or tells wrong.",
      [([:], Double(status.sourceProblems.count))])
    if let process { add(process) }
  }

  private mutating func add(_ process: Accounting) {
    family("process_cpu_seconds_total", "counter", "Processor time, user and system.")
    sample("process_cpu_seconds_total", [:], process.processorSeconds)
    gauge(
      "process_resident_memory_bytes", "Resident memory.", [([:], Double(process.residentBytes))])
    gauge(
      "process_virtual_memory_bytes", "Virtual memory.", [([:], Double(process.virtualBytes))])
    gauge(
      "process_open_fds", "Open file descriptors.", [([:], Double(process.openDescriptors))])
    gauge(
      "process_max_fds", "How many there may be.", [([:], Double(process.descriptorLimit))])
    gauge(
      "process_start_time_seconds", "When it started, since 1970.", [([:], process.startTime)])
  }

  // MARK: - Writing

  private mutating func family(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func gauge(
    _ name: String, _ help: String, _ samples: [(KeyValuePairs<String, String>, Double)]
  ) {
    family(name, "gauge", help)
    for (labels, value) in samples { sample(name, labels, value) }
  }

  private mutating func counter(
    _ name: String, _ help: String, _ samples: [(KeyValuePairs<String, String>, Int)]
  ) {
    family(name, "counter", help)
    for (labels, value) in samples { sample(name, labels, Double(value)) }
  }

  private mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
    family(name, "histogram", help)
    for (bound, count) in zip(Histogram.bounds, histogram.counts) {
      sample("\(name)_bucket", ["le": number(bound)], Double(count))
    }
    sample("\(name)_bucket", ["le": "+Inf"], Double(histogram.count))
    sample("\(name)_sum", [:], histogram.sum)
    sample("\(name)_count", [:], Double(histogram.count))
  }

  private mutating func sample(
    _ name: String, _ labels: KeyValuePairs<String, String>, _ value: Double
  ) {
    let list = labels.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    text += list.isEmpty ? "\(name) \(number(value))\n" : "\(name){\(list)} \(number(value))\n"
  }

  private func number(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
  }
}
