import Diagnostics

extension OutputSchema {
  static let agentStatus = OutputSchema(
    agentStatusName,
    "What netpolc-agent answers at /status.json: what it knows, and what the kernel holds of it.",
    agentStatusObject)

  static let agentStatusName = "netpolc.agent-status/v1"

  static let agentStatusObject = Schema.output(
    agentStatusName,
    [
      ("version", Schema.text), ("node", Schema.text),
      // The inode of its file.
      ("networkNamespace", Schema.position), ("started", Schema.position),
      ("synced", Schema.boolean), ("stale", Schema.boolean),
      ("desiredGeneration", Schema.position), ("appliedGeneration", Schema.position),
      ("refusal", Schema.optional(Schema.text, null: "the kernel refused nothing")),
      ("lastSuccess", Schema.optional(Schema.position, null: "there was none yet")),
      ("lastSyncMicroseconds", Schema.optional(Schema.position, null: "there was none yet")),
      ("pods", Schema.position), ("localPods", Schema.position),
      ("isolatedPods", Schema.position), ("namespaces", Schema.position),
      ("policies", Schema.position),
      // Those that only tell what they would deny, with how many packets that were.
      (
        "audited",
        Schema.list(
          Schema.record([
            ("policy", Schema.text),
            ("wouldDeny", Schema.optional(Schema.position, null: "they are not counted")),
          ]))
      ),
      ("transactions", Schema.position),
      ("repairs", Schema.position),
      (
        "lastRepair",
        Schema.optional(
          Schema.record([
            ("by", Schema.optional(Schema.text, null: "the kernel did not say")),
            ("time", Schema.position), ("milliseconds", Schema.position),
          ]), null: "nobody changed our tables")
      ),
      (
        "problems",
        Schema.list(
          Schema.record([
            ("object", Schema.text), ("reason", Schema.text), ("quarantined", Schema.boolean),
          ]))
      ),
      ("sourceProblems", Schema.list(Schema.text)),
    ])

  static let agentPolicy = OutputSchema(
    "netpolc.agent-policy/v1",
    "What netpolc-agent answers at /status.json?policy=NAMESPACE/NAME, and status --policy -o json prints: what it does of one policy.",
    Schema.output(
      "netpolc.agent-policy/v1",
      [
        ("policy", Schema.text), ("known", Schema.boolean), ("inForce", Schema.boolean),
        ("problem", Schema.optional(Schema.text, null: "it is enforced as it is written")),
        ("directions", Schema.list(Schema.word(of: "ingress", "egress"))),
        // Those of the agent's node that it isolates.
        ("pods", Schema.list(Schema.text)),
        // Whether it only tells what it would deny.
        ("audited", Schema.boolean), ("allowed", counts), ("wouldDeny", counts),
      ]))

  private static let counts = Schema.list(
    Schema.record([
      ("direction", Schema.word(of: "ingress", "egress")), ("packets", Schema.position),
      ("bytes", Schema.position),
    ]))
}
