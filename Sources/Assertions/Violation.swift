import Diagnostics
import NetSets
import PolicyModel

/// Connections that are not as a test wants them, alike in all but their ends.
package struct Violation: Hashable, Sendable {
  package let kind: Kind
  package let from: Side
  package let to: Side
  /// What is allowed and must not be, or denied and must not be.
  package let traffic: TrafficSet
  /// nil where it is the same in every family that both ends have.
  package let onlyIn: IPFamily?
  /// What decided, the side that the test is about first.
  package let causes: [Cause]

  package enum Kind: Hashable, Sendable {
    case allowed
    case denied
    /// No family of addresses is common to both.
    case unconnected
  }

  package enum Side: Hashable, Sendable {
    /// Ascending positions in the graph.
    case endpoints([Int])
    case addresses(AddressSet)
  }

  /// A rule that lets it through, a policy that isolates, or that nothing does.
  package struct Cause: Hashable, Sendable {
    package let text: String
    package let policy: ObjectReference?
    package let location: SourceLocation?
  }
}

extension [Violation] {
  /// Fewer that say the same: those with one end in common and everything else alike are one.
  func merged() -> [Violation] {
    joined(by: \.to) { first, others in
      Violation(
        first, from: .endpoints(others.flatMap(\.from.endpoints).uniqueSorted), to: first.to)
    }.joined(by: \.from) { first, others in
      Violation(
        first, from: first.from, to: .endpoints(others.flatMap(\.to.endpoints).uniqueSorted))
    }
  }

  private func joined(
    by end: KeyPath<Violation, Violation.Side>, _ join: (Violation, [Violation]) -> Violation
  ) -> [Violation] {
    let other: KeyPath<Violation, Violation.Side> = end == \.to ? \.from : \.to
    var order: [Violation] = []
    var alike: [Violation: [Violation]] = [:]
    for violation in self {
      // The end that is joined is left out of the comparison; addresses are not joined.
      let blank =
        violation[keyPath: other].endpoints.isEmpty ? violation[keyPath: other] : .endpoints([])
      let key =
        end == \.to
        ? Violation(violation, from: blank, to: violation.to)
        : Violation(violation, from: violation.from, to: blank)
      if alike[key] == nil { order.append(key) }
      alike[key, default: []].append(violation)
    }
    return order.compactMap { key in
      guard let members = alike[key], let first = members.first else { return nil }
      return members.count == 1 ? first : join(first, members)
    }
  }
}

extension Violation {
  fileprivate init(_ other: Violation, from: Side, to: Side) {
    self.init(
      kind: other.kind, from: from, to: to, traffic: other.traffic, onlyIn: other.onlyIn,
      causes: other.causes)
  }
}

extension Violation.Side {
  fileprivate var endpoints: [Int] {
    switch self {
    case .endpoints(let indexes): indexes
    case .addresses: []
    }
  }
}

extension [Int] {
  fileprivate var uniqueSorted: [Int] { Set(self).sorted() }
}
