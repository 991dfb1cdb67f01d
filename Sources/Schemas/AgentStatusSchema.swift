import Diagnostics

extension OutputSchema {
  static let agentStatus = OutputSchema(
    "netpolc.agent-status/v1",
    "What netpolc-agent answers at /status.json: what it knows, and what the kernel holds of it.",
    Schema.output(
      "netpolc.agent-status/v1",
      [
        ("node", Schema.text), ("synced", Schema.boolean), ("stale", Schema.boolean),
        ("desiredGeneration", Schema.position), ("appliedGeneration", Schema.position),
        ("refusal", Schema.optional(Schema.text, null: "the kernel refused nothing")),
        ("pods", Schema.position), ("localPods", Schema.position),
        ("namespaces", Schema.position), ("policies", Schema.position),
        ("transactions", Schema.position), ("repairs", Schema.position),
        (
          "problems",
          Schema.list(
            Schema.record([
              ("object", Schema.text), ("reason", Schema.text), ("quarantined", Schema.boolean),
            ]))
        ),
        ("sourceProblems", Schema.list(Schema.text)),
      ]))
}
