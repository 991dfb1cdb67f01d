import Diagnostics

extension OutputSchema {
  static let podExplanation = OutputSchema(
    "netpolc.pod/v1",
    "What explain pod -o json prints: who isolates a pod or workload, and what rules let through.",
    Schema.output(
      "netpolc.pod/v1",
      [
        ("name", Schema.text),
        ("pod", Schema.optional(Schema.text, null: "a workload without pods in the input")),
        ("workload", Schema.text),
        ("node", Schema.optional(Schema.text, null: "no node is known")),
        ("addresses", Schema.list(Schema.text)),
        ("ingress", isolation), ("egress", isolation),
        // By policies that deny nothing yet.
        ("auditedIngress", audit), ("auditedEgress", audit),
      ]),
    definitions: [rule, Schema.source])

  /// A policy that selects nothing has no directions: its rules lead nowhere.
  static let policyExplanation = OutputSchema(
    "netpolc.policy/v1",
    "What explain policy -o json prints: whom a policy selects, and whom its rules name.",
    Schema.output(
      "netpolc.policy/v1",
      [
        ("policy", Schema.text), ("kind", Schema.text), ("source", Schema.reference("source")),
        // Whether it only tells what it would deny.
        ("audited", Schema.boolean),
        ("selector", Schema.text), ("selects", Schema.list(Schema.text)),
      ],
      optional: [("ingress", rules), ("egress", rules)]),
    definitions: [rule, Schema.source])

  private static let isolation = Schema.optional(
    policies, null: "not isolated: everything is allowed")

  private static let audit = Schema.optional(policies, null: "none is audited")

  private static let policies = Schema.list(
    Schema.record([
      ("policy", Schema.text), ("source", Schema.reference("source")),
      ("rules", Schema.list(Schema.reference("rule"))),
    ]))

  private static let rules = Schema.optional(
    Schema.list(Schema.reference("rule")), null: "not restricted by this policy")

  private static let rule = (
    "rule",
    Schema.record([
      ("action", Schema.word(of: "allow", "deny", "pass")),
      ("rule", Schema.text), ("source", Schema.reference("source")),
      (
        "peers",
        Schema.optional(
          Schema.list(
            Schema.record([("peer", Schema.text)], optional: [("now", Schema.list(Schema.text))])),
          null: "anyone")
      ),
      ("ports", Schema.optional(Schema.list(Schema.text), null: "every port")),
    ])
  )
}
