import Diagnostics

extension OutputSchema {
  /// Its lines have no `schema` member: what answers a flow is three members and no more.
  static let decision = OutputSchema(
    "netpolc.decision/v1",
    "A line of what explain --flows prints: whether a connection is allowed, and what decided.",
    Schema.record(decisionMembers), definitions: verdictDefinitions)

  static let explain = OutputSchema(
    "netpolc.explain/v1",
    "What explain -o json prints: a connection, whether it is allowed, and what decided.",
    Schema.output(
      "netpolc.explain/v1",
      [("from", Schema.text), ("to", Schema.text), ("port", Schema.text)] + decisionMembers
        + [("nearMisses", Schema.list(nearMiss))],
      optional: [("nat", nat), ("rules", Schema.list(Schema.text))]),
    definitions: verdictDefinitions)

  /// By which source a connection leaves the node of its source, as `--nat` asks.
  private static let nat = Schema.record([
    ("mode", Schema.word(of: "own", "observe", "override")),
    (
      "translator",
      Schema.word(
        of: "flags", "calico", "flannel", "bridge", "ip-masq-agent", "aws-vpc", "cilium",
        "kindnet", "kind-masq-agent", "antrea")
    ),
    ("node", Schema.optional(Schema.text, null: "no node is known")),
    ("action", Schema.word(of: "keep", "masquerade", "snat", "none", "unknown")),
    (
      "address",
      Schema.optional(Schema.text, null: "that of the interface, or one that depends on it")
    ),
    (
      "reasons",
      Schema.list(
        Schema.record([
          ("words", Schema.text),
          ("source", Schema.optional(Schema.reference("source"), null: "it is not in a file")),
        ]))
    ),
  ])

  /// A rule that would allow it, did its policy select the pod: what the pod's labels lack.
  private static let nearMiss = Schema.record([
    ("policy", Schema.text), ("rule", Schema.text), ("source", Schema.reference("source")),
    ("pod", Schema.text), ("needs", Schema.list(Schema.text)), ("has", Schema.list(Schema.text)),
  ])

  private static let decisionMembers: [(String, JSON)] = [
    ("allowed", Schema.boolean), ("egress", Schema.reference("verdict")),
    ("ingress", Schema.reference("verdict")),
  ]

  private static let policies = Schema.list(
    Schema.record([("policy", Schema.text), ("source", Schema.reference("source"))]))

  private static let verdictDefinitions: [(String, JSON)] = [
    (
      "verdict",
      Schema.either(
        Schema.record([
          ("verdict", Schema.word(of: "not-policed", "not-isolated", "exempt", "unknown-pod"))
        ]),
        Schema.record([
          ("verdict", Schema.word(of: "allowed", "denied")), ("policy", Schema.text),
          ("rule", Schema.text), ("source", Schema.reference("source")),
        ]),
        Schema.record([("verdict", Schema.constant("isolated")), ("isolatedBy", policies)]),
        // Allowed, and denied as soon as the policies are not audited any more.
        Schema.record([("verdict", Schema.constant("audited")), ("auditedBy", policies)]))
    ),
    Schema.source,
  ]
}
