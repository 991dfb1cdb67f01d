import Iptables
import NetSets

/// The differences of one of iptables' tables, with the sources of rules behind them.
struct FilterDifferenceText {
  let filter: FilterDifference
  let names: PodNames

  var objects: [ObjectDifference] {
    let jumps = filter.entrances.map { difference in
      let others = difference.others
      return ObjectDifference(
        kind: .jump, name: "\(difference.entrance.hook.rawValue) \(difference.entrance.text)",
        comment: difference.words, change: ObjectDifference.Change(difference.change),
        removed: others.removed, added: others.added)
    }
    let chains = filter.chains.map {
      ObjectDifference(
        kind: .chain, name: $0.name, comment: nil, change: ObjectDifference.Change($0.change),
        removed: $0.removed.map(text), added: $0.added.map(text))
    }
    let sets = filter.sets.map {
      ObjectDifference(
        kind: .set, name: $0.name, comment: $0.comment,
        change: ObjectDifference.Change($0.change), removed: elements($0.removed),
        added: elements($0.added))
    }
    return jumps + chains + sets
  }

  private func text(_ rule: Rule) -> String {
    let body = Rule(rule.matches, rule.target).text(filter.family)
    return rule.comment.map { "\(body)   \($0)" } ?? body
  }

  /// Each with the name of its pod.
  private func elements(_ content: IPSet.Content) -> [String] {
    let addresses: [IPAddress?] =
      switch content {
      case .addresses(let addresses): addresses
      case .endpoints(let keys): keys.map(\.address)
      case .prefixes(let prefixes): prefixes.map { _ in nil }
      }
    return zip(content.elements, addresses).map { element, address in
      element + (address.flatMap { names[$0] }.map { "   \($0)" } ?? "")
    }
  }
}

extension EntranceDifference {
  fileprivate var others: (removed: [String], added: [String]) {
    switch cause {
    case .others(let removed, let added): (removed, added)
    case .number, .place: ([], [])
    }
  }

  fileprivate var words: String? {
    switch (cause, entrance.place) {
    case (.others, .first): "rules of others ahead of it:"
    case (.others, .last): "rules of others behind it:"
    case (.number, _): change == .changed ? "more than once" : nil
    case (.place, .first): "first, not last any more"
    case (.place, .last): "last, not first any more"
    }
  }
}

extension ObjectDifference.Change {
  init(_ change: Change) {
    switch change {
    case .added: self = .added
    case .removed: self = .removed
    case .changed: self = .changed
    }
  }
}
