import Backends
import Compiler
import Diagnostics
import Kubernetes
import Masquerade
import NetSets
import Nftables
import PolicyModel

/// Compiles for one node and keeps what it made, so that a change costs what it changes: a pod the
/// selectors that it may match, a namespace's labels its pods, a policy its own rules.
///
/// The ruleset is the same as a compile of the same objects makes, whatever led to them; only when
/// two names share a digest may the names differ.
package struct NodeCompiler: ~Copyable {
  package let node: String
  let scope: Scope
  var options: NftablesOptions
  private(set) var pods = PodDirectory()
  private(set) var policies = PolicyDirectory()
  private(set) var nodes = NodeDirectory()
  /// How connections are to leave; nil when nothing is asked for.
  let request: MasqueradeRequest?
  /// What the cluster says of it beside its nodes.
  private var ipPools: [String: IPPool] = [:]
  private var outgoingNAT: OutgoingNAT?
  /// Why it is not known how connections are to leave, or not any more; nil when it is.
  package private(set) var missingFact: MissingFact?
  var selectors = SelectorTable()
  var names = Names()
  /// How many selectors and names to know before it is worth to forget those that nobody uses.
  var forgetsAbove = 1024
  /// How many were in use when others were forgotten last.
  var usedLast = 0
  /// How many pods may change at once before all is compared: what each of very many contributes is
  /// more than a node's tables hold.
  var comparesAbove = 5000
  private var groupTable = GroupTable()
  var locals: [PodID: LocalPod] = [:]
  /// How many of the node's pods any policy isolates.
  package private(set) var isolatedPodCount = 0
  /// One a family, as `ports`.
  var tables = IPFamily.allCases.map { TableState(family: $0) }
  var ports = IPFamily.allCases.map { PortSets(family: $0) }
  /// Of the peers in use in any family.
  private var index: SelectorIndex

  /// A pod whose isolation is enforced here.
  struct LocalPod {
    var groups: [Direction: Group] = [:]
    /// Of its addresses.
    var families: Set<IPFamily> = []
  }

  /// - Parameter request: what `options` say of masquerade follows from it.
  package init(
    node: String, scope: Scope = Scope(), options: NftablesOptions,
    request: MasqueradeRequest? = nil
  ) {
    self.request = request
    self.node = node
    var scope = scope
    scope.node = node
    self.scope = scope
    var options = options
    options.node = node
    self.options = options
    index = SelectorIndex([], selectors)
    _ = followTranslation()
  }

  /// The node itself.
  var ownNode: Node? { nodes[node] }

  // MARK: - Changing

  /// What is gathered of a batch of changes before the ruleset follows.
  private struct Batch {
    /// See `comparesAbove`.
    let limit: Int
    /// Pods about which anything changes.
    private(set) var touched: Set<PodID> = []
    /// What those of them that were there contributed when the batch began. When all is compared,
    /// only those of the node count.
    var before: [PodID: Footprint] = [:]
    var isWhole = false
    /// Whether the cluster may say something else of how connections leave.
    var mayTranslate = false

    init(limit: Int) { self.limit = limit }

    /// Tells that a pod changes.
    /// - Returns: whether that is news.
    mutating func touch(_ id: PodID) -> Bool {
      isWhole = isWhole || touched.count >= limit
      return touched.insert(id).inserted
    }
  }

  /// Takes changes in their order, all at once.
  package mutating func apply(_ changes: [ClusterChange]) -> RulesetChange {
    var batch = Batch(limit: comparesAbove)
    for change in changes {
      switch change {
      case .put(.pod(let pod)): put(pod, &batch)
      case .put(.namespace(let namespace)): set(namespace, named: namespace.name, &batch)
      case .put(.node(let node)): set(node, named: node.name, &batch)
      case .put(.policy(let policy)): set(policy, named: policy.reference, &batch)
      case .put(.ipPool(let pool)): set(pool, named: pool.name, &batch)
      case .put(.outgoingNAT(let settings)): set(settings, &batch)
      case .removed(let reference):
        switch reference.kind {
        case "Pod": remove(pod: reference, &batch)
        case "Namespace": set(nil as Namespace?, named: reference.name, &batch)
        case "Node": set(nil as Node?, named: reference.name, &batch)
        case "IPPool": set(nil as IPPool?, named: reference.name, &batch)
        case "FelixConfiguration": set(nil as OutgoingNAT?, &batch)
        default: set(nil as TierPolicy?, named: reference, &batch)
        }
      }
    }
    if batch.mayTranslate, followTranslation() { batch.isWhole = true }
    return finish(batch)
  }

  private mutating func put(_ pod: Pod, _ batch: inout Batch) {
    if let id = pods.id(of: pod.reference) { touch(id, &batch) }
    for id in pods.claimants(of: pod.addresses) { touch(id, &batch) }
    // One that was not there contributed nothing.
    _ = batch.touch(pods.put(pod))
  }

  private mutating func remove(pod reference: ObjectReference, _ batch: inout Batch) {
    guard let id = pods.id(of: reference) else { return }
    touch(id, &batch)
    pods.remove(id)
  }

  private mutating func set(_ namespace: Namespace?, named name: String, _ batch: inout Batch) {
    for id in pods.pods(in: name) { touch(id, &batch) }
    pods.set(namespace, named: name)
  }

  private mutating func set(_ node: Node?, named name: String, _ batch: inout Batch) {
    let closed = closedRanges
    if nodes.set(node, named: name) { batch.mayTranslate = true }
    if closedRanges != closed { batch.isWhole = true }
  }

  private mutating func set(_ pool: IPPool?, named name: String, _ batch: inout Batch) {
    ipPools[name] = pool
    batch.mayTranslate = true
  }

  private mutating func set(_ settings: OutgoingNAT?, _ batch: inout Batch) {
    outgoingNAT = settings
    batch.mayTranslate = true
  }

  /// What is known of how connections leave stays until something else is.
  /// - Returns: whether something else is.
  private mutating func followTranslation() -> Bool {
    guard let request else { return false }
    let facts = MasqueradeFacts(
      pools: ipPools.values, outgoingNAT: outgoingNAT, nodes: nodes.all)
    do {
      let masquerade = try request.masquerade(facts, node: node)
      missingFact = nil
      defer { options.masquerade = masquerade }
      return options.masquerade != masquerade
    } catch {
      missingFact = error
      return false
    }
  }

  private mutating func set(
    _ policy: TierPolicy?, named reference: ObjectReference, _ batch: inout Batch
  ) {
    let old = policies[reference]
    for id in locals.keys {
      guard let pod = pods[id] else { continue }
      let isSelected = [old, policy].contains { policy in
        policy.map { pods.matches($0.subject, pod) } ?? false
      }
      if isSelected { touch(id, &batch) }
    }
    if let policy { policies.put(policy) } else { policies.remove(reference) }
  }

  /// Remembers what a pod contributes before anything about it changes, and whoever reports one of
  /// its addresses too.
  private func touch(_ id: PodID, _ batch: inout Batch) {
    guard batch.touch(id) else { return }
    if !batch.isWhole || locals[id] != nil { batch.before[id] = footprint(id) }
    for other in pods.claimants(of: pods[id]?.addresses ?? []) where other != id {
      touch(other, &batch)
    }
  }

  private func footprint(_ id: PodID) -> Footprint {
    guard let pod = pods[id], pod.takesPart else { return .none }
    let memberships = index.candidates(for: pod).filter {
      pods.matches(selectors.selectors[$0], pod)
    }
    var verdicts: [Direction: [VerdictElement]] = [:]
    let addresses = pods.addresses(of: id)
    if locals[id] != nil {
      for direction in Direction.allCases {
        verdicts[direction] = self.verdicts(id, pod, addresses, direction)
      }
    }
    return Footprint(
      pod: Footprint.Identity(reference: pod.reference, created: pod.created),
      addresses: addresses, memberships: memberships, verdicts: verdicts,
      isLocal: locals[id] != nil)
  }

  func verdicts(
    _ id: PodID, _ pod: Pod, _ addresses: [IPAddress], _ direction: Direction
  ) -> [VerdictElement] {
    VerdictElement.dispatching(
      pod.reference, addresses,
      group: locals[id]?.groups[direction].map {
        DispatchedGroup(name: $0.name, isolates: $0.isolates)
      },
      isIsolatedOtherwise: locals[id]?.groups[direction.opposite]?.isolates ?? false,
      isClosed: !closedRanges.isEmpty)
  }

  var closedRanges: [IPPrefix] {
    scope.failsClosed ? Array(Set(ownNode?.podCIDRs ?? [])).sorted() : []
  }

  var enforcement: Enforcement {
    Enforcement(policesOwnNode: scope.policesOwnNode, closedRanges: closedRanges)
  }

  // MARK: - Following

  /// The addresses that the last changes took from pods of this node: whoever gets one inherits
  /// nothing of what was open.
  package private(set) var vacated: [IPAddress] = []

  private mutating func finish(_ batch: Batch) -> RulesetChange {
    vacated = []
    defer { forgetUnused() }
    if batch.touched.isEmpty, !batch.isWhole { return .none }
    var touchesLocals = false
    for id in batch.touched {
      let local = localPod(id)
      touchesLocals = touchesLocals || local != nil || locals[id] != nil
      locals[id] = local
    }
    let old = tables
    if touchesLocals, useGroups() {
      let inUse = tables.reduce(into: Set<PeerSet.ID>()) { $0.formUnion($1.uses.peers) }
      index = SelectorIndex(inUse, selectors)
    }
    let isWhole = batch.isWhole || isCrowded(tables) || isCrowded(old)
    let touched =
      isWhole
      ? []
      : batch.touched.map { ($0, before: batch.before[$0] ?? Footprint.none, after: footprint($0)) }
    var change = (before: [Table](), after: [Table]())
    for (id, was) in batch.before where was.isLocal {
      let isNow = footprint(id)
      vacated +=
        was.pod == isNow.pod
        ? was.addresses.filter { !isNow.addresses.contains($0) } : was.addresses
    }
    let owners = PortOwnership(
      pods: pods, selectors: selectors.selectors, locals: Set(locals.keys))
    for position in tables.indices {
      let sets = ports[position].follow(
        tables[position].uses.ports, owners, batch.touched, &names)
      if isWhole { continue }
      var part = follow(old[position], tables[position], touched)
      for set in sets {
        if let was = set.before { part.before.sets.append(was) }
        if let isNow = set.after { part.after.sets.append(isNow) }
      }
      change.before.append(part.before)
      change.after.append(part.after)
    }
    if isWhole { return .whole }
    let isSame = zip(change.before, change.after).allSatisfy { $0 == $1 }
    return isSame
      ? .none : .part(before: Ruleset(tables: change.before), after: Ruleset(tables: change.after))
  }

  /// nil for a pod that is none of ours.
  private mutating func localPod(_ id: PodID) -> LocalPod? {
    guard let pod = pods[id], pod.takesPart, pod.node == node else { return nil }
    let families = Set(pods.addresses(of: id).map(\.family))
    if families.isEmpty { return nil }
    var selecting: [PolicyEntry] = []
    for policy in policies.selecting(pod, pods) {
      selecting.append(policies.entry(of: policy, &selectors))
    }
    var local = LocalPod(families: families)
    for direction in Direction.allCases {
      local.groups[direction] = groupTable.group(
        direction, selecting.filter { $0.policy.rules(direction) != nil }, &names)
    }
    return local
  }

  /// Tells the tables which groups local pods are in.
  /// - Returns: whether any table has others than before.
  private mutating func useGroups() -> Bool {
    var groups = tables.map { _ in [String: Group]() }
    var used: Set<ObjectIdentifier> = []
    isolatedPodCount = 0
    for local in locals.values {
      if local.groups.values.contains(where: \.isolates) { isolatedPodCount += 1 }
      for group in local.groups.values {
        used.insert(ObjectIdentifier(group))
        for position in tables.indices where local.families.contains(tables[position].family) {
          groups[position][group.name] = group
        }
      }
    }
    groupTable.keep(used)
    var isRestructured = false
    for position in tables.indices where !tables[position].uses(groups[position]) {
      tables[position].use(groups[position], selectors.selectors, &names)
      isRestructured = true
    }
    return isRestructured
  }
}
