import Agent
import Backends
import BenchSupport
import Compiler
import Diagnostics
import Glibc
import Host
import Incremental
import Kubernetes
import Manifests
import NetSets
import Netfilter
import Nftables
import PolicyModel

/// What a process that follows a cluster does when one object changes: from the change to the
/// kernel's answer, all that is compiled in between.
struct FollowCase {
  private let size: String
  private let pods: [Pod]
  private let policies: [TierPolicy]
  private let objects: [ClusterChange]
  private static let node = "node-1"

  init(pods count: Int) {
    var pods: [Pod] = []
    var policies: [TierPolicy] = []
    var others: [ClusterChange] = []
    SyntheticCluster(pods: count).pieces { text in
      var diagnostics = Diagnostics()
      let input = readInput(
        [ManifestFile(path: "bench.json", bytes: Array(text.utf8))], &diagnostics)
      pods += input.cluster.pods
      policies += input.policies
      others += input.cluster.namespaces.values.filter { $0.location != nil }
        .map { .put(.namespace($0)) }
      others += input.cluster.nodes.map { .put(.node($0)) }
    }
    self.pods = pods
    self.policies = policies
    objects = others + policies.map { .put(.policy($0)) } + pods.map { .put(.pod($0)) }
    size = "\(count) pods, \(policies.count) policies"
  }

  func rows() throws -> [KernelCase.Row] {
    let kernel = try NetlinkKernel(in: try NetworkNamespace())
    var enforcer = try Enforcer(
      NodeCompiler(node: Self.node, options: NftablesOptions(node: Self.node)), kernel)
    let start = try milliseconds { _ = try enforcer.take(objects) }
    let rows = [
      KernelCase.Row(
        "objects to kernel", size, "\(start.short) ms",
        "\((Double(try Accounting().residentBytes) / 1_000_000).short) MB resident"),
      try times("pod here", podsAgain(pods.filter { $0.node == Self.node }), &enforcer),
      try times("pod elsewhere", podsAgain(pods.filter { $0.node != Self.node }), &enforcer),
      try times("policy", edits(), &enforcer),
      try busy(&enforcer),
    ]
    return rows
  }

  private func times(
    _ name: String, _ changes: [ClusterChange], _ enforcer: inout Enforcer<NetlinkKernel>
  ) throws -> KernelCase.Row {
    var times: [Double] = []
    var sent = 0
    for change in changes {
      let time = try milliseconds {
        if try !enforcer.take([change]).transaction.isEmpty { sent += 1 }
      }
      times.append(time)
    }
    return KernelCase.Row(
      "\(name) changed", size, "\(times.median.precise) ms",
      "p99 \(times.quantile(0.99).precise) ms, \((Double(sent) / Double(times.count)).percent) sent"
    )
  }

  /// Each goes and comes back.
  private func podsAgain(_ pods: [Pod]) -> [ClusterChange] {
    pods.prefix(250).flatMap { [.removed($0.reference), .put(.pod($0))] }
  }

  /// Each policy that isolates a pod here with one rule less, and then as it was.
  private func edits() -> [ClusterChange] {
    let here = pods.filter { $0.node == Self.node }
    let isolating = policies.filter { policy in
      here.contains {
        policy.subject.namespaces == .named($0.reference.namespace ?? "")
          && policy.subject.pods.matches($0.labels)
      }
    }
    return isolating.prefix(250).flatMap { policy -> [ClusterChange] in
      let shorter = TierPolicy(
        reference: policy.reference, tier: policy.tier, order: policy.order,
        subject: policy.subject, ingress: policy.ingress.map { Array($0.dropLast()) },
        egress: policy.egress, location: policy.location)
      return [.put(.policy(shorter)), .put(.policy(policy))]
    }
  }

  /// A second of 1,000 pod changes in ten transactions, as a share of a core.
  private func busy(_ enforcer: inout Enforcer<NetlinkKernel>) throws -> KernelCase.Row {
    var used: [Double] = []
    for second in 0..<5 {
      let moving = pods.dropFirst(second * 500).prefix(500)
      let start = processorTime()
      for batch in 0..<5 {
        let some = moving.dropFirst(batch * 100).prefix(100)
        _ = try enforcer.take(some.map { .removed($0.reference) })
        _ = try enforcer.take(some.map { .put(.pod($0)) })
      }
      used.append(processorTime() - start)
    }
    return KernelCase.Row(
      "1,000 changes a second", size, "\((used.median / 1000).percent)", "of a core")
  }

  /// Milliseconds of this process, in the kernel and outside.
  private func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func milliseconds(_ time: timeval) -> Double {
      Double(time.tv_sec) * 1000 + Double(time.tv_usec) / 1000
    }
    return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime)
  }
}
