import Diagnostics

extension AgentStatus {
  /// What `/status.json` answers.
  package func json(at now: ContinuousClock.Instant) -> JSON {
    [
      "schema": "netpolc.agent-status/v1",
      "node": .string(node),
      "synced": .bool(isSynced),
      "stale": .bool(isStale),
      "desiredGeneration": .integer(desired),
      "appliedGeneration": .integer(applied),
      "refusal": refusal.map { .string($0) } ?? .null,
      "pods": .integer(pods),
      "localPods": .integer(localPods),
      "namespaces": .integer(namespaces),
      "policies": .integer(policies),
      "transactions": .integer(transactions),
      "repairs": .integer(repairs),
      "problems": .array(
        problems.sorted { $0.key < $1.key }.map { reference, reason in
          [
            "object": .string(reference.description), "reason": .string(reason),
            "quarantined": .bool(quarantined.contains(reference)),
          ]
        }),
      "sourceProblems": .array(sourceProblems.map { .string($0) }),
    ]
  }
}
