import Diagnostics
import NetSets
import PolicyModel

/// A connection that one version allows and the other does not.
package struct ConnectionChange: Sendable {
  package let kind: Kind
  package let from: ChangedEnd
  package let to: ChangedEnd
  package let traffic: TrafficSet
  /// nil where it is so in every family that both ends have.
  package let onlyIn: IPFamily?
  /// Why it is so; what is at fault first.
  package let causes: [ChangeCause]
  /// Why it deserves a look before all others; nil for most.
  package let alarm: Alarm?
  /// Single connections of it, for looking into why.
  let samples: [Sample]

  /// Workloads of which `from` and `to` are made; nil for addresses.
  struct Sample: Sendable {
    let from: JointUnit?
    let to: JointUnit?
  }

  package enum Kind: String, Sendable, CaseIterable {
    case gained
    case lost
  }

  package enum Alarm: String, Sendable {
    /// The address at which clouds hand out a node's credentials.
    case metadata = "cloud metadata address"
    /// From every address there is.
    case internet = "open to the internet"
    /// No policy selects it any more.
    case unprotected = "no longer isolated"
  }

  func with(causes: [ChangeCause]) -> ConnectionChange {
    ConnectionChange(
      kind: kind, from: from, to: to, traffic: traffic, onlyIn: onlyIn, causes: causes,
      alarm: alarm, samples: samples)
  }
}

/// One end of a changed connection.
package enum ChangedEnd: Hashable, Sendable {
  case workload(Unit)
  /// Many workloads alike, of which the name says which.
  case many(name: String, count: Int)
  case addresses(name: String, AddressSet)

  /// As listings have it: `shop/api[Deployment]`, `169.254.169.254/32`.
  package var name: String {
    switch self {
    case .workload(let unit): unit.name
    case .many(let name, _): name
    case .addresses(let name, _): name
    }
  }
}

/// What was done, and where.
package struct ChangeCause: Hashable, Sendable {
  package let text: String
  /// The line to look at; in the older version when it is gone in the newer.
  package let location: SourceLocation?
  package let isInBase: Bool
  package let policy: ObjectReference?

  package init(
    _ text: String, at location: SourceLocation?, isInBase: Bool = false,
    policy: ObjectReference? = nil
  ) {
    self.text = text
    self.location = location
    self.isInBase = isInBase
    self.policy = policy
  }
}
