import Compiler
import Diagnostics
import Kubernetes
import NetSets
import PolicyModel

/// A pod's number as long as it is known; others get it afterwards.
typealias PodID = Int32

/// Every pod of the cluster, found by name, by address, and by what selectors ask for.
struct PodDirectory {
  private var ids: [ObjectReference: PodID] = [:]
  private var pods: [Pod?] = []
  private var free: [PodID] = []
  /// Pods that take part and report the address; nearly always one.
  private var claimants: [IPAddress: [PodID]] = [:]
  private var members: [String: Members] = [:]
  private var namespaces: [String: Namespace] = [:]

  /// The pods of one namespace that take part.
  private struct Members {
    var pods: Set<PodID> = []
    var byLabel: [Labels.Pair: Set<PodID>] = [:]
  }

  // MARK: - Changing

  /// - Returns: the pod's number.
  @discardableResult
  mutating func put(_ pod: Pod) -> PodID {
    let id: PodID
    if let known = ids[pod.reference] {
      id = known
      leave(id)
    } else if let unused = free.popLast() {
      id = unused
    } else {
      id = PodID(pods.count)
      pods.append(nil)
    }
    ids[pod.reference] = id
    pods[Int(id)] = pod
    join(id, pod)
    return id
  }

  mutating func remove(_ id: PodID) {
    leave(id)
    if let pod = pods[Int(id)] { ids[pod.reference] = nil }
    pods[Int(id)] = nil
    free.append(id)
  }

  /// - Parameter namespace: nil when it is gone.
  mutating func set(_ namespace: Namespace?, named name: String) { namespaces[name] = namespace }

  private mutating func join(_ id: PodID, _ pod: Pod) {
    guard pod.takesPart else { return }
    for address in Set(pod.addresses) { claimants[address, default: []].append(id) }
    let namespace = pod.reference.namespace ?? ""
    members[namespace, default: Members()].pods.insert(id)
    for pair in pod.labels.pairs {
      members[namespace]?.byLabel[pair, default: []].insert(id)
    }
  }

  private mutating func leave(_ id: PodID) {
    guard let pod = pods[Int(id)], pod.takesPart else { return }
    for address in Set(pod.addresses) {
      claimants[address]?.removeAll { $0 == id }
      if claimants[address]?.isEmpty ?? false { claimants[address] = nil }
    }
    let namespace = pod.reference.namespace ?? ""
    members[namespace]?.pods.remove(id)
    for pair in pod.labels.pairs {
      members[namespace]?.byLabel[pair]?.remove(id)
      if members[namespace]?.byLabel[pair]?.isEmpty ?? false {
        members[namespace]?.byLabel[pair] = nil
      }
    }
    if members[namespace]?.pods.isEmpty ?? false { members[namespace] = nil }
  }

  // MARK: - Asking

  var count: Int { ids.count }

  var all: [PodID] { Array(ids.values) }

  var knownNamespaces: [Namespace] { Array(namespaces.values) }

  subscript(id: PodID) -> Pod? { pods[Int(id)] }

  func id(of pod: ObjectReference) -> PodID? { ids[pod] }

  /// Pods that report one of the addresses too.
  func claimants(of addresses: [IPAddress]) -> [PodID] {
    addresses.flatMap { claimants[$0] ?? [] }
  }

  /// Pods of the namespace that take part.
  func pods(in namespace: String) -> Set<PodID> { members[namespace]?.pods ?? [] }

  /// The pod's addresses without those that count as another's; none of one that takes no part.
  func addresses(of id: PodID) -> [IPAddress] {
    guard let pod = pods[Int(id)], pod.takesPart else { return [] }
    return pod.addresses.filter { owner(of: $0) == id }
  }

  func owner(of address: IPAddress) -> PodID? {
    guard let claiming = claimants[address] else { return nil }
    if claiming.count == 1 { return claiming[0] }
    return claiming.compactMap { id in pods[Int(id)].map { (id, $0) } }
      .min { $0.1.claims(before: $1.1) }?.0
  }

  /// Whether a selector matches a pod.
  func matches(_ selector: PodSelector, _ pod: Pod) -> Bool {
    guard pod.takesPart else { return false }
    let namespace = pod.reference.namespace ?? ""
    switch selector.namespaces {
    case .named(let name): guard name == namespace else { return false }
    case .labelled(let labels):
      guard labels.matches(self.labels(of: namespace)) else { return false }
    }
    return selector.pods.matches(pod.labels)
  }

  /// Every pod that a selector matches.
  func pods(matching selector: PodSelector) -> [PodID] {
    switch selector.namespaces {
    case .named(let name): pods(in: name, matching: selector.pods)
    case .labelled(let labels):
      members.keys.filter { labels.matches(self.labels(of: $0)) }
        .flatMap { pods(in: $0, matching: selector.pods) }
    }
  }

  private func pods(in namespace: String, matching selector: LabelSelector) -> [PodID] {
    guard let all = members[namespace] else { return [] }
    if selector.requirements.isEmpty { return Array(all.pods) }
    for requirement in selector.requirements {
      guard case .in(let key, let values) = requirement else { continue }
      return values.flatMap { all.byLabel[Labels.Pair(key: key, value: $0)] ?? [] }
        .filter { pods[Int($0)].map { selector.matches($0.labels) } ?? false }
    }
    return all.pods.filter { pods[Int($0)].map { selector.matches($0.labels) } ?? false }
  }

  /// A namespace that nobody told us of has the label that each has.
  private func labels(of namespace: String) -> Labels {
    namespaces[namespace]?.labels
      ?? Namespace(name: namespace, labels: .none, location: nil).labels
  }
}
