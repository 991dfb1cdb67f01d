import Diagnostics

extension OutputSchema {
  static let graph = OutputSchema(
    "netpolc.graph/v1",
    "What compile -o graph-json prints: policies, peer sets and endpoints, by their positions.",
    Schema.output(
      "netpolc.graph/v1",
      [
        ("policies", Schema.list(Schema.reference("policy"))),
        (
          "peerSets",
          Schema.list(
            Schema.record([
              ("selector", Schema.text), ("members", Schema.list(Schema.position)),
            ]))
        ),
        ("endpoints", Schema.list(Schema.reference("endpoint"))),
      ]),
    definitions: [
      ("policy", policy), ("edge", edge), ("peer", peer), ("port", port), ("endpoint", endpoint),
      Schema.source,
    ])

  /// A direction that the policy does not restrict is left out.
  private static let policy = Schema.record(
    [
      ("policy", Schema.text), ("tier", Schema.text), ("subject", Schema.text),
      ("source", Schema.reference("source")),
    ],
    optional: [
      ("ingress", Schema.list(Schema.reference("edge"))),
      ("egress", Schema.list(Schema.reference("edge"))),
    ])

  private static let edge = Schema.record([
    ("action", Schema.word(of: "allow", "deny", "pass")),
    ("path", Schema.text),
    ("source", Schema.reference("source")),
    ("peers", Schema.optional(Schema.list(Schema.reference("peer")), null: "anyone")),
    ("ports", Schema.optional(Schema.list(Schema.reference("port")), null: "every port")),
  ])

  private static let peer = Schema.either(
    Schema.record(
      [("set", Schema.position), ("path", Schema.text), ("source", Schema.reference("source"))]),
    Schema.record([
      (
        "ipBlock",
        Schema.record([("cidr", Schema.text), ("except", Schema.list(Schema.text))])
      ),
      ("path", Schema.text), ("source", Schema.reference("source")),
    ]))

  /// Neither `port` nor `name`: every port of the protocol.
  private static let port = Schema.either(
    Schema.record([("protocol", transport), ("path", Schema.text)]),
    Schema.record(
      [("protocol", transport), ("port", number), ("path", Schema.text)],
      optional: [("endPort", number)]),
    Schema.record([("protocol", transport), ("name", Schema.text), ("path", Schema.text)]))

  private static let transport = Schema.word(of: "TCP", "UDP", "SCTP")
  private static let number: JSON = ["type": "integer", "minimum": 1, "maximum": 65_535]

  private static let endpoint = Schema.record([
    ("kind", Schema.text),
    ("name", Schema.text),
    ("addresses", Schema.list(Schema.text)),
    ("node", Schema.optional(Schema.text, null: "no node is known")),
    ("local", Schema.boolean),
    ("ingressPolicies", isolating),
    ("egressPolicies", isolating),
  ])

  private static let isolating = Schema.optional(
    Schema.list(Schema.position), null: "not isolated in that direction")
}
