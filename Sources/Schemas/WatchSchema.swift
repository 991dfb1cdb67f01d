import Diagnostics

extension OutputSchema {
  static let watch = OutputSchema(
    "netpolc.watch/v1",
    "A line of what watch -o json prints without --denies: a rule that has counted more.",
    Schema.output(
      "netpolc.watch/v1",
      [
        // In UTC, as RFC 3339 has it.
        ("time", Schema.text), ("verdict", Schema.word(of: "allow", "deny", "would-deny")),
        ("direction", Schema.word(of: "ingress", "egress")),
        // By namespace and name: the rule's, or those that isolate.
        ("policies", Schema.list(Schema.text)),
        // Policy, part of it, file and line.
        ("rule", Schema.text),
        // Since the last look.
        ("packets", Schema.position), ("bytes", Schema.position),
        // Since the rule was made.
        ("totalPackets", Schema.position),
      ]))
}
