/// The fewest rules to add and remove so that a chain holds the new ones in their order.
package struct RuleEdits {
  /// In their order, each with the rule that it is to stand before; nil for the end.
  package private(set) var added: [(rule: Rule, before: RuleHandle?)] = []
  package private(set) var removed: [RuleHandle] = []

  /// - Parameter handles: one of each old rule.
  package init(from old: [Rule], handles: [RuleHandle], to new: [Rule]) {
    precondition(old.count == handles.count, "every installed rule has a handle")
    // Most often there is one place that differs, or nothing on one side.
    var start = 0
    while start < min(old.count, new.count), old[start].hasIdentity(of: new[start]) { start += 1 }
    var (oldEnd, newEnd) = (old.count, new.count)
    while oldEnd > start, newEnd > start, old[oldEnd - 1].hasIdentity(of: new[newEnd - 1]) {
      oldEnd -= 1
      newEnd -= 1
    }
    if start == oldEnd {
      let before = oldEnd < old.count ? handles[oldEnd] : nil
      added = new[start..<newEnd].map { ($0, before) }
      return
    }
    if start == newEnd {
      removed = Array(handles[start..<oldEnd])
      return
    }
    var gone: Set<Int> = []
    var come: Set<Int> = []
    let before = old[start..<oldEnd].map(\.identity)
    let after = new[start..<newEnd].map(\.identity)
    for change in after.difference(from: before) {
      switch change {
      case .remove(let offset, _, _): gone.insert(start + offset)
      case .insert(let offset, _, _): come.insert(start + offset)
      }
    }
    removed = gone.sorted().map { handles[$0] }
    var kept = (start..<old.count).filter { !gone.contains($0) }[...]
    for offset in start..<newEnd {
      if come.contains(offset) {
        added.append((new[offset], kept.first.map { handles[$0] }))
      } else {
        kept.removeFirst()
      }
    }
  }
}
