import CNI

/// One question about a node, with its name and the answer's function: one file each in `Checks`.
package struct Check: Sendable {
  /// Such as `bridge-netfilter`.
  package let name: String
  package let group: Group
  let examine: @Sendable (Node) -> Outcome

  package enum Group: String, Sendable, CaseIterable {
    case network = "container network"
    case path = "packets' path"
    case others = "other firewalls"
    case kernel = "kernel"
  }

  package enum Outcome: Sendable {
    /// Nothing is wrong; what was seen, in a few words.
    case fine(String)
    /// It does not apply to this node, and why.
    case notAsked(String)
    /// At least one, worst first.
    case found([NodeFinding])
    /// It cannot be found out, and why.
    case unknown(String)
    /// Findings, besides what cannot be found out.
    case partly([NodeFinding], unknown: String)

    /// Of findings, if any.
    static func of(_ findings: [NodeFinding], else fine: String) -> Outcome {
      findings.isEmpty ? .fine(fine) : .found(findings)
    }
  }
}

extension Known {
  /// What `body` makes of the fact; without it, that it is unknown.
  func outcome(_ body: (Value) -> Check.Outcome) -> Check.Outcome {
    switch self {
    case .known(let value): body(value)
    case .unknown(let why): .unknown(why)
    }
  }
}

/// In the order in which they are told.
package let checks: [Check] = [
  .container, .configuration, .namespace, .bridgeNetfilter, .forwarding, .reversePath,
  .conntrack, .looseTracking, .virtualServers, .forwardDrop, .hiddenAddresses, .legacyIptables,
  .leftovers, .capability, .kernelFeatures, .ownTables,
]

/// What all checks say of a node.
package struct Examination: Sendable {
  package let node: Node
  package let results: [Result]

  package struct Result: Sendable {
    package let check: Check
    package let outcome: Check.Outcome

    package var findings: [NodeFinding] {
      switch outcome {
      case .found(let findings), .partly(let findings, _): findings
      case .fine, .notAsked, .unknown: []
      }
    }

    /// Why something is not known.
    package var unknown: String? {
      switch outcome {
      case .unknown(let why), .partly(_, let why): why
      case .fine, .notAsked, .found: nil
      }
    }
  }

  package init(_ node: Node) {
    self.node = node
    results = checks.map { Result(check: $0, outcome: $0.examine(node)) }
  }

  package enum Verdict: String, Sendable {
    /// Policy would hold.
    case holds
    /// It would not.
    case fails
    /// Nothing is known to be wrong, but not all is known.
    case unknown
  }

  package var verdict: Verdict {
    if findings.contains(where: { $0.level == .error }) { return .fails }
    return results.contains { $0.unknown != nil } ? .unknown : .holds
  }

  package var findings: [NodeFinding] { results.flatMap(\.findings) }
}
