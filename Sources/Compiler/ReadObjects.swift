import Diagnostics
import Dialects
import Kubernetes
import Manifests
import PolicyModel

/// What an input holds: the cluster, the policies, and what was left aside.
package struct Input: Sendable {
  package let cluster: Cluster
  package let policies: [TierPolicy]
  package let routing: Routing
  /// Calico's pools of addresses, which say what is translated.
  package let ipPools: [IPPool]
  /// Calico's settings for all nodes: the `FelixConfiguration` named `default`.
  package let outgoingNAT: OutgoingNAT?
  /// Objects of kinds that say nothing about policy, by `kind (apiVersion)`.
  package let skipped: [String: Int]

  package init(
    cluster: Cluster, policies: [TierPolicy], routing: Routing, ipPools: [IPPool] = [],
    outgoingNAT: OutgoingNAT? = nil, skipped: [String: Int]
  ) {
    self.cluster = cluster
    self.policies = policies
    self.routing = routing
    self.ipPools = ipPools
    self.outgoingNAT = outgoingNAT
    self.skipped = skipped
  }
}

extension Input {
  /// The same without policies on trial: all are enforced.
  package var enforcing: Input {
    Input(
      cluster: cluster, policies: policies.map(\.enforced), routing: routing, ipPools: ipPools,
      outgoingNAT: outgoingNAT, skipped: skipped)
  }
}

/// Files to objects.
/// - Parameter audit: what puts a policy on trial.
/// - Parameter seeing: is shown every object before it is read, also those that are then refused or
///   skipped: for whoever must know how something is written, not only what it means.
package func readInput(
  _ files: [ManifestFile], audit: AuditAnnotation = .standard, _ diagnostics: inout Diagnostics,
  seeing: @escaping (_ root: Field, _ kind: String, _ apiVersion: String) -> Void = { _, _, _ in }
) -> Input {
  var objects = ObjectCollector(audit: audit, seeing: seeing)
  for file in files {
    for document in parseManifest(file, &diagnostics) {
      if diagnostics.isFull { return objects.input }
      objects.add(Field(document, path: .root), of: nil, &diagnostics)
    }
  }
  return objects.input
}

private struct ObjectCollector {
  let audit: AuditAnnotation
  let seeing: (Field, String, String) -> Void
  private var namespaces: [Namespace] = []
  private var nodes: [Node] = []
  private var pods: [Pod] = []
  private var workloads: [Workload] = []
  private var policies: [TierPolicy] = []
  private var services: [Service] = []
  private var routes: [Route] = []
  private var ipPools: [IPPool] = []
  private var outgoingNAT: OutgoingNAT?
  private var skipped: [String: Int] = [:]
  private var places: [ObjectReference: SourceLocation] = [:]

  init(audit: AuditAnnotation, seeing: @escaping (Field, String, String) -> Void) {
    self.audit = audit
    self.seeing = seeing
  }

  var input: Input {
    Input(
      cluster: Cluster(
        namespaces: namespaces, nodes: nodes, pods: pods, workloads: workloads,
        mentioned: policies.compactMap(\.reference.namespace)),
      policies: policies, routing: Routing(services: services, routes: routes),
      ipPools: ipPools, outgoingNAT: outgoingNAT,
      skipped: skipped)
  }

  /// - Parameter list: what the item of a list is when it does not say so itself, as in the answers
  ///   of an API server.
  mutating func add(_ root: Field, of list: ObjectKind?, _ diagnostics: inout Diagnostics) {
    if root.isOurs { return }
    guard let object = ObjectKind(of: root, in: list, &diagnostics) else { return }
    if object.kind.hasSuffix("List"), root.value["items"] != nil {
      addItems(of: root, object, &diagnostics)
    } else {
      addObject(root, object.kind, object.apiVersion, &diagnostics)
    }
  }

  private mutating func addItems(
    of list: Field, _ object: ObjectKind, _ diagnostics: inout Diagnostics
  ) {
    guard let items = list["items"] else { return }
    guard items.value.kind == .sequence else {
      items.wrongType("a list", &diagnostics)
      return
    }
    // An item reads as if it stood alone: paths start at the object itself.
    for item in items.value.items {
      if diagnostics.isFull { return }
      add(Field(item, path: .root), of: object.ofItems, &diagnostics)
    }
  }

  private mutating func addObject(
    _ root: Field, _ kind: String, _ apiVersion: String, _ diagnostics: inout Diagnostics
  ) {
    seeing(root, kind, apiVersion)
    switch (apiVersion, kind) {
    case (_, _)
    where ClusterObject.includes(
      kind, apiVersion, named: root["metadata"]?["name"]?.value.text ?? ""):
      guard let object = ClusterObject(root, kind, apiVersion, audit, &diagnostics),
        isNew(object.reference, root, &diagnostics)
      else { return }
      switch object {
      case .namespace(let namespace): namespaces.append(namespace)
      case .node(let node): nodes.append(node)
      case .pod(let pod): pods.append(pod)
      case .policy(let policy): policies.append(policy)
      case .ipPool(let pool):
        ipPools.append(pool)
        count(kind, apiVersion)
      case .outgoingNAT(let settings):
        outgoingNAT = settings
        count(kind, apiVersion)
      }
    case ("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"),
      ("apps/v1", "ReplicaSet"), ("v1", "ReplicationController"), ("batch/v1", "Job"),
      ("batch/v1", "CronJob"):
      guard let workload = Workload(root, kind: kind, &diagnostics),
        isNew(workload.reference, root, &diagnostics)
      else { return }
      workloads.append(workload)
    case ("v1", "Service"):
      guard let service = Service(root, &diagnostics), isNew(service.reference, root, &diagnostics)
      else { return }
      services.append(service)
      count(kind, apiVersion)
    case ("networking.k8s.io/v1", "Ingress"):
      add(Route(ingress: root, &diagnostics), root, &diagnostics)
      count(kind, apiVersion)
    case (_, _) where isGatewayRoute(apiVersion, kind):
      add(Route(gateway: root, kind: kind, &diagnostics), root, &diagnostics)
      count(kind, apiVersion)
    default:
      let object = ObjectKind(kind: kind, apiVersion: apiVersion)
      if !root.looksLikePolicy(object, &diagnostics) { count(kind, apiVersion) }
    }
  }

  private func isGatewayRoute(_ apiVersion: String, _ kind: String) -> Bool {
    apiVersion.hasPrefix("gateway.networking.k8s.io/") && Route.gatewayKinds.contains(kind)
  }

  private mutating func add(_ route: Route?, _ root: Field, _ diagnostics: inout Diagnostics) {
    guard let route, isNew(route.reference, root, &diagnostics) else { return }
    routes.append(route)
  }

  /// Counts an object that says nothing about policy.
  private mutating func count(_ kind: String, _ apiVersion: String) {
    skipped["\(shown(kind)) (\(shown(apiVersion)))", default: 0] += 1
  }

  /// Two objects of one name cannot both be in a cluster, and which would win is anybody's guess.
  private mutating func isNew(
    _ reference: ObjectReference, _ root: Field, _ diagnostics: inout Diagnostics
  ) -> Bool {
    guard let first = places.updateValue(root.location, forKey: reference) else { return true }
    places[reference] = first
    root.error(
      .duplicateObject, "\(reference) is already given at \(first.fileAndLine)",
      hint: "remove one of them, or rename it", &diagnostics)
    return false
  }
}
