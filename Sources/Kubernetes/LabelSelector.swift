/// A `metav1.LabelSelector` in canonical form: `matchLabels` and `matchExpressions` as one sorted
/// list of requirements without repeats, all of which must hold. Selectors that are written
/// differently but say the same requirements are equal values.
package struct LabelSelector: Hashable, Sendable {
  package let requirements: [Requirement]

  /// Selects everything, as `{}` does.
  package static let everything = LabelSelector([])

  package init(_ requirements: [Requirement]) {
    var unique: [Requirement] = []
    for requirement in requirements.sorted() where unique.last != requirement {
      unique.append(requirement)
    }
    self.requirements = unique
  }

  package func matches(_ labels: Labels) -> Bool {
    requirements.allSatisfy { $0.matches(labels) }
  }

  /// One condition on one label. Values are sorted and unique.
  package enum Requirement: Hashable, Sendable {
    case `in`(key: String, values: [String])
    case notIn(key: String, values: [String])
    case exists(key: String)
    case doesNotExist(key: String)

    package var key: String {
      switch self {
      case .in(let key, _), .notIn(let key, _), .exists(let key), .doesNotExist(let key): key
      }
    }

    /// As `labels.Requirement.Matches` does: `notIn` and `doesNotExist` hold when the key is
    /// missing, `in` and `exists` do not.
    package func matches(_ labels: Labels) -> Bool {
      switch self {
      case .in(let key, let values): labels[key].map(values.contains) ?? false
      case .notIn(let key, let values): labels[key].map { !values.contains($0) } ?? true
      case .exists(let key): labels[key] != nil
      case .doesNotExist(let key): labels[key] == nil
      }
    }
  }
}

extension LabelSelector.Requirement: Comparable {
  package static func < (left: Self, right: Self) -> Bool {
    (left.key, left.description) < (right.key, right.description)
  }
}

extension LabelSelector.Requirement: CustomStringConvertible {
  /// As `kubectl get -l` takes it: `app=web`, `tier in (a,b)`, `tier notin (a)`, `app`, `!app`.
  package var description: String {
    switch self {
    case .in(let key, let values) where values.count == 1: "\(key)=\(values[0])"
    case .in(let key, let values): "\(key) in (\(values.joined(separator: ",")))"
    case .notIn(let key, let values): "\(key) notin (\(values.joined(separator: ",")))"
    case .exists(let key): key
    case .doesNotExist(let key): "!\(key)"
    }
  }
}

extension LabelSelector: CustomStringConvertible {
  package var description: String {
    requirements.map(\.description).joined(separator: ",")
  }
}
