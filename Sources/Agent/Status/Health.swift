/// Whether an agent is well, in the words of kube-apiserver's own health endpoints.
package struct Health: Sendable {
  /// One thing that must hold.
  package struct Check: Sendable {
    package let name: String
    /// nil when it holds.
    package let failure: String?
  }

  package let checks: [Check]
  /// What is said when all hold.
  private let word: String
  private let endpoint: String

  package var isGood: Bool { checks.allSatisfy { $0.failure == nil } }

  /// The body of an answer.
  /// - Parameter isVerbose: whether to list checks that hold too.
  package func text(isVerbose: Bool) -> String {
    if isGood, !isVerbose { return word }
    let lines = checks.map { check in
      check.failure.map { "[-]\(check.name) failed: \($0)" } ?? "[+]\(check.name) ok"
    }
    return (lines + [isGood ? "\(endpoint) check passed" : "\(endpoint) check failed", ""])
      .joined(separator: "\n")
  }

  /// Whether the loop still turns; who is not live is to be started anew.
  package static func live(_ status: AgentStatus, at now: ContinuousClock.Instant) -> Health {
    let age = now - status.lastTurn
    let isStuck = age > .seconds(15)
    return Health(
      checks: [
        Check(name: "loop", failure: isStuck ? "no turn for \(age.wholeSeconds) s" : nil)
      ], word: "ok", endpoint: "livez")
  }

  /// Whether the node enforces what the cluster wants. One that enforces what was wanted last,
  /// since the source is away, is as ready as it can be: it says `stale`.
  package static func ready(_ status: AgentStatus, at now: ContinuousClock.Instant) -> Health {
    let behind = status.behindSince.map { now - $0 }
    let isLate = behind.map { $0 > .seconds(30) } ?? false
    let wait = (status.sourceProblems + ["not all objects have come"]).first
    return Health(
      checks: [
        Check(name: "objects", failure: status.isSynced || status.isStale ? nil : wait),
        Check(name: "kernel", failure: status.refusal),
        Check(
          name: "up-to-date",
          failure: isLate ? "behind for \(behind?.wholeSeconds ?? 0) s" : nil),
      ], word: status.isSynced ? "ok" : "stale", endpoint: "readyz")
  }
}

extension Duration {
  fileprivate var wholeSeconds: Int { Int(components.seconds) }
}
