import Diagnostics
import Kubernetes

/// Which pods and workloads are the same thing to a user: what `ownerReferences` lead to.
struct Ownership {
  private let workloads: [Workload]
  private let byReference: [ObjectReference: Workload]

  init(_ cluster: Cluster) { self.init(cluster.workloads) }

  init(_ workloads: [Workload]) {
    self.workloads = workloads
    byReference = Dictionary(workloads.map { ($0.reference, $0) }) { first, _ in first }
  }

  /// The Deployment, StatefulSet or other workload that a pod belongs to; itself when it was made
  /// by hand.
  func workload(of pod: Pod) -> ObjectReference {
    guard let controller = pod.controller else { return pod.reference }
    if let known = byReference[controller] { return root(of: known) }
    return deployment(of: controller, hash: pod.labels["pod-template-hash"])
      ?? cronJob(of: controller) ?? controller
  }

  /// Follows owners as far as they go: a ReplicaSet's Deployment, a Job's CronJob.
  func root(of workload: Workload) -> ObjectReference {
    var current = workload
    // No chain of Kubernetes' own is longer; a circle would be.
    for _ in 0..<4 {
      guard let controller = current.controller else { break }
      guard let owner = byReference[controller] else {
        return deployment(of: controller, hash: current.labels["pod-template-hash"]) ?? controller
      }
      current = owner
    }
    return current.reference
  }

  /// The workloads that stand for pods which are not there: each once, and those of `inhabited`
  /// not at all. A Deployment's own template says more than its ReplicaSets, old ones among them.
  func templates(besides inhabited: Set<ObjectReference>) -> [Workload] {
    workloads.filter { workload in
      let root = root(of: workload)
      return !inhabited.contains(root)
        && (root == workload.reference || byReference[root] == nil)
    }
  }

  /// A Deployment names its ReplicaSets by itself and the hash of the template, which the pods
  /// have as a label (`pod-template-hash`), so that it is known without the ReplicaSet's object.
  private func deployment(of replicaSet: ObjectReference, hash: String?) -> ObjectReference? {
    guard replicaSet.kind == "ReplicaSet", let hash, replicaSet.name.hasSuffix("-\(hash)") else {
      return nil
    }
    return ObjectReference(
      kind: "Deployment", namespace: replicaSet.namespace,
      name: String(replicaSet.name.dropLast(hash.count + 1)))
  }

  /// A CronJob names its Jobs by itself and the scheduled minute. Only one that is known counts:
  /// other things name Jobs with numbers too.
  private func cronJob(of job: ObjectReference) -> ObjectReference? {
    guard job.kind == "Job", let dash = job.name.lastIndex(of: "-"),
      job.name[job.name.index(after: dash)...].allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    let cronJob = ObjectReference(
      kind: "CronJob", namespace: job.namespace, name: String(job.name[..<dash]))
    return byReference[cronJob]?.reference
  }
}

extension Cluster {
  /// Workloads, and pods without one, on the network of their node, where no policy applies; sorted.
  package var onHostNetwork: [ObjectReference] {
    let ownership = Ownership(self)
    let pods = pods.filter { $0.hostNetwork && !$0.isFinished }.map(ownership.workload)
    let templates = ownership.templates(besides: Set(pods)).filter(\.hostNetwork)
    return Set(pods + templates.map(ownership.root)).sorted()
  }
}

extension Pod {
  /// What a user knows the pod by, as far as it says itself: its Deployment or other workload;
  /// itself when it was made by hand.
  package var workload: ObjectReference { Ownership([]).workload(of: self) }
}
