import Backends
import Diagnostics
import Kubernetes
import PolicyModel

/// The selectors of peers, each with a number that stays as long as it is used.
struct SelectorTable {
  private(set) var selectors: [PodSelector] = []
  private var ids: [PodSelector: PeerSet.ID] = [:]
  private var free: [PeerSet.ID] = []

  var count: Int { ids.count }

  mutating func id(of selector: PodSelector) -> PeerSet.ID {
    if let known = ids[selector] { return known }
    let id: PeerSet.ID
    if let unused = free.popLast() {
      id = unused
      selectors[id] = selector
    } else {
      id = selectors.count
      selectors.append(selector)
    }
    ids[selector] = id
    return id
  }

  /// Lets others have the numbers of all but these.
  mutating func keep(_ used: Set<PeerSet.ID>) {
    for (selector, id) in ids where !used.contains(id) {
      ids[selector] = nil
      free.append(id)
    }
  }
}

/// Which of some selectors may match a pod, without asking each.
struct SelectorIndex {
  private var named: [String: Bucket] = [:]
  private var labelled = Bucket()

  /// Selectors of one kind of namespace, by a label that they require.
  private struct Bucket {
    var byLabel: [Labels.Pair: [PeerSet.ID]] = [:]
    var others: [PeerSet.ID] = []

    mutating func insert(_ id: PeerSet.ID, _ selector: LabelSelector) {
      for requirement in selector.requirements {
        guard case .in(let key, let values) = requirement else { continue }
        for value in values { byLabel[Labels.Pair(key: key, value: value), default: []].append(id) }
        return
      }
      others.append(id)
    }

    func candidates(_ labels: Labels) -> [PeerSet.ID] {
      labels.pairs.reduce(into: others) { found, pair in
        if let more = byLabel[pair] { found += more }
      }
    }
  }

  init(_ ids: Set<PeerSet.ID>, _ table: SelectorTable) {
    for id in ids {
      let selector = table.selectors[id]
      switch selector.namespaces {
      case .named(let name): named[name, default: Bucket()].insert(id, selector.pods)
      case .labelled: labelled.insert(id, selector.pods)
      }
    }
  }

  /// Each once: a pod has one value a label.
  func candidates(for pod: Pod) -> [PeerSet.ID] {
    let here = named[pod.reference.namespace ?? ""]?.candidates(pod.labels) ?? []
    return here + labelled.candidates(pod.labels)
  }
}
