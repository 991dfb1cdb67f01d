import Diagnostics
import NetSets

/// One thing that a file of tests says about what policies allow.
package struct Assertion: Sendable {
  /// As written; a sentence made of its ends where nobody named it.
  package let name: String
  package let location: SourceLocation
  package let claim: Claim
  package let traffic: AskedTraffic

  package enum Claim: Sendable {
    /// From every end of the one to every end of the other, all of the traffic.
    case allow(from: [WrittenEnd], to: [WrittenEnd])
    /// From no end of the one to any end of the other, any of the traffic.
    case deny(from: [WrittenEnd], to: [WrittenEnd])
    /// These reach it, each of them, and nobody else does.
    case onlyFrom([WrittenEnd], to: [WrittenEnd])
    /// It reaches these, each of them, and nothing else.
    case onlyTo([WrittenEnd], from: [WrittenEnd])
  }
}

/// What a test calls one end of a connection, and where.
package struct WrittenEnd: Sendable {
  package let text: String
  let location: SourceLocation
  let pattern: Pattern

  /// Before anyone knows whether there is such a thing.
  enum Pattern: Sendable {
    /// Pods and workloads; nil is every namespace, or every name.
    case workloads(namespace: String?, name: String?)
    /// Every address in it, those of pods too.
    case addresses(IPPrefix)
    /// Every address that no pod has.
    case internet
  }

  var isWorkloads: Bool { if case .workloads = pattern { true } else { false } }
}

/// Which traffic a test is about.
package enum AskedTraffic: Sendable {
  /// No ports were given, or `any`: whoever may connect must be able to in some way, whoever may
  /// not in none.
  case any
  case exactly(TrafficSet)

  /// What must not be there where it is denied.
  var forbidden: TrafficSet {
    switch self {
    case .any: .all
    case .exactly(let traffic): traffic
    }
  }
}
