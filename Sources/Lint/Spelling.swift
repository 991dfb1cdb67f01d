import Diagnostics
import Kubernetes

/// Guesses what a label was meant to be.
struct Spelling {
  private let valuesByKey: [String: Set<String>]

  init(_ labels: some Sequence<Labels>) {
    var values: [String: Set<String>] = [:]
    for pair in labels.lazy.flatMap(\.pairs) { values[pair.key, default: []].insert(pair.value) }
    valuesByKey = values
  }

  func has(key: String) -> Bool { valuesByKey[key] != nil }
  func has(_ key: String, _ value: String) -> Bool { valuesByKey[key]?.contains(value) ?? false }

  /// A key that something has, and that differs from `key` by a slip.
  func key(near key: String) -> String? {
    valuesByKey[key] == nil ? Spelling.near(key, in: valuesByKey.keys.sorted()) : nil
  }

  /// - Parameter others: values that are named besides, and so are not meant by this one.
  func value(near value: String, of key: String, besides others: [String]) -> String? {
    guard let known = valuesByKey[key], !known.contains(value) else { return nil }
    return Spelling.near(value, in: known.subtracting(others).sorted())
  }

  /// What to write instead, of the first requirement that no label fulfils for its spelling.
  func hint(_ selector: LabelSelector) -> String? {
    selector.requirements.lazy.compactMap { hint($0) }.first
  }

  func hint(_ requirement: LabelSelector.Requirement) -> String? {
    if let near = key(near: requirement.key) { return "did you mean the label \(near)?" }
    switch requirement {
    case .exists, .doesNotExist: return nil
    case .in(let key, let values), .notIn(let key, let values):
      return values.lazy.compactMap { value(near: $0, of: key, besides: values) }.first
        .map { "did you mean \(key)=\($0)?" }
    }
  }

  /// Names that differ in their numbers only, such as `v1` and `v2`, are no slips of each other.
  static func near(_ word: String, in candidates: [String]) -> String? {
    func withoutDigits(_ text: String) -> String { String(text.filter { !$0.isNumber }) }
    let bare = withoutDigits(word)
    return NearMiss.of(word, in: candidates.filter { withoutDigits($0) != bare || bare == $0 })
  }
}
