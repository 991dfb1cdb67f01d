import Backends
import Diagnostics
import Kubernetes
import NetSets
import Nftables
import PolicyModel

/// One family's sets of ports by name, with whose each element is: a pod can be an owner for more
/// than one reason.
struct PortSets {
  let family: IPFamily
  private var sets: [PortName: PortSet] = [:]

  private struct PortSet {
    var owners: Set<PortOwners>
    var keys: [PodID: Set<EndpointKey>]

    var elements: [EndpointKey] { keys.values.flatMap(\.self) }
  }

  init(family: IPFamily) { self.family = family }

  /// The sets with all their elements.
  func whole(_ names: inout Names) -> [NamedSet] {
    var named: [NamedSet] = []
    for (port, set) in sets { named.append(.port(port, set.elements, names: &names)) }
    return named
  }

  /// Follows what rules use and what pods have.
  ///
  /// - Parameter touched: all pods of which anything may have changed.
  /// - Returns: the elements that go and come, set by set; nil on a side where there is no set.
  mutating func follow(
    _ uses: [PortName: Set<PortOwners>], _ ownership: PortOwnership,
    _ touched: some Collection<PodID>, _ names: inout Names
  ) -> [(before: NamedSet?, after: NamedSet?)] {
    var changes: [(before: NamedSet?, after: NamedSet?)] = []
    for (port, set) in sets where uses[port] == nil {
      changes.append((.port(port, set.elements, names: &names), nil))
      sets[port] = nil
    }
    for (port, owners) in uses {
      guard let known = sets[port]?.owners else {
        let keys = ownership.keys(port, owners, of: ownership.candidates(owners), family)
        let set = PortSet(owners: owners, keys: keys)
        sets[port] = set
        changes.append((nil, .port(port, set.elements, names: &names)))
        continue
      }
      sets[port]?.owners = owners
      let candidates =
        known == owners
        ? Set(touched)
        : Set(sets[port]?.keys.keys.map(\.self) ?? []).union(ownership.candidates(owners))
      let keys = ownership.keys(port, owners, of: candidates, family)
      var elements = ElementChanges<PortName, EndpointKey>()
      for id in candidates {
        let was = sets[port]?.keys[id] ?? []
        let isNow = keys[id] ?? []
        if was == isNow { continue }
        for key in was { elements.remove(key, from: port) }
        for key in isNow { elements.add(key, to: port) }
        sets[port]?.keys[id] = keys[id]
      }
      let (removed, added) = (elements.removed[port] ?? [], elements.added[port] ?? [])
      if removed.isEmpty, added.isEmpty { continue }
      changes.append(
        (
          .port(port, Array(removed), names: &names), .port(port, Array(added), names: &names)
        ))
    }
    return changes
  }
}

/// Tells whose numbers for a port's name count.
struct PortOwnership {
  let pods: PodDirectory
  let selectors: [PodSelector]
  let locals: Set<PodID>

  /// Pods among which all owners are.
  func candidates(_ owners: Set<PortOwners>) -> Set<PodID> {
    if owners.contains(.everyone) { return Set(pods.all) }
    return owners.reduce(into: []) { found, owner in
      switch owner {
      case .subjects: found.formUnion(locals)
      case .members(let id): found.formUnion(pods.pods(matching: selectors[id]))
      case .everyone: break
      }
    }
  }

  /// What each owner among `candidates` has; nothing for others.
  func keys(
    _ port: PortName, _ owners: Set<PortOwners>, of candidates: Set<PodID>, _ family: IPFamily
  ) -> [PodID: Set<EndpointKey>] {
    var found: [PodID: Set<EndpointKey>] = [:]
    for id in candidates {
      guard let pod = pods[id], pod.takesPart, pod.ports.contains(where: { $0.name == port.name })
      else { continue }
      let isOwner = owners.contains { owner in
        switch owner {
        case .everyone: true
        case .members(let set): pods.matches(selectors[set], pod)
        case .subjects(let selector): locals.contains(id) && pods.matches(selector, pod)
        }
      }
      guard isOwner else { continue }
      let keys = pod.ports.keys(port, pods.addresses(of: id).filter { $0.family == family })
      if !keys.isEmpty { found[id] = Set(keys) }
    }
    return found
  }
}
