import Diagnostics

extension AgentStatus {
  /// What `/status.json` answers. Times are seconds since 1970.
  /// - Parameter counts: what the loop looked up; nil when it did not answer, or was not asked.
  package func json(version: String, _ counts: NodeCounts?) -> JSON {
    [
      "schema": "netpolc.agent-status/v1",
      "version": .string(version),
      "node": .string(node),
      "networkNamespace": .integer(Int(clamping: namespace)),
      "started": .integer(Int(started)),
      "synced": .bool(isSynced),
      "stale": .bool(isStale),
      "desiredGeneration": .integer(desired),
      "appliedGeneration": .integer(applied),
      "refusal": refusal.map { .string($0) } ?? .null,
      "lastSuccess": lastSuccess.map { .integer(Int($0)) } ?? .null,
      "lastSyncMicroseconds": lastSync.map { .integer(Int($0 / .microseconds(1))) } ?? .null,
      "pods": .integer(pods),
      "localPods": .integer(localPods),
      "isolatedPods": .integer(isolatedPods),
      "namespaces": .integer(namespaces),
      "policies": .integer(policies),
      "audited": .array(
        audited.map { policy in
          [
            "policy": .string(policy.qualifiedName),
            "wouldDeny": counts?.wouldDeny(policy).map { .integer($0) } ?? .null,
          ]
        }),
      "transactions": .integer(transactions),
      "repairs": .integer(repairs),
      "lastRepair": lastRepair.map(\.json) ?? .null,
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

extension Repair {
  fileprivate var json: JSON {
    [
      "by": culprit.map { .string($0) } ?? .null,
      "time": .integer(Int(time)),
      "milliseconds": .integer(Int(duration / .milliseconds(1))),
    ]
  }
}
