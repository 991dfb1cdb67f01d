import Diagnostics

extension OutputSchema {
  static let list = OutputSchema(
    "netpolc.list/v1",
    "What list -o json prints: every connection that the policies allow, by workload.",
    Schema.output(
      "netpolc.list/v1",
      [
        ("workloads", Schema.list(workload)), ("groups", Schema.list(group)),
        ("connections", Schema.list(connection)), ("routes", Schema.list(route)),
      ]), definitions: [Schema.source, Schema.traffic, Schema.rule])

  static let exposure = OutputSchema(
    "netpolc.exposure/v1",
    "What list --exposure -o json prints: whom the rules of each workload name.",
    Schema.output("netpolc.exposure/v1", [("exposures", Schema.list(exposureOfOne))]),
    definitions: [Schema.source, Schema.rule])

  static let unprotected = OutputSchema(
    "netpolc.unprotected/v1",
    "What list --unprotected -o json prints: workloads that no policy isolates.",
    Schema.output(
      "netpolc.unprotected/v1",
      [
        (
          "workloads",
          Schema.list(
            Schema.record([
              ("workload", Schema.text), ("hostNetwork", Schema.boolean),
              ("notIsolatedFor", Schema.list(Schema.direction)),
            ]))
        )
      ]))

  private static let workload = Schema.record([
    ("name", Schema.text), ("kind", Schema.text), ("namespace", Schema.text),
    ("workload", Schema.text), ("isolatedForIngress", Schema.boolean),
    ("isolatedForEgress", Schema.boolean),
  ])

  private static let group = Schema.record([
    ("name", Schema.text), ("members", Schema.list(Schema.text)),
  ])

  private static let connection = Schema.record(
    [("from", Schema.text), ("to", Schema.text), ("allows", Schema.reference("traffic"))],
    optional: [
      ("onlyIn", Schema.family), ("egressRules", Schema.list(Schema.reference("rule"))),
      ("ingressRules", Schema.list(Schema.reference("rule"))),
    ])

  private static let route = Schema.record([
    ("route", Schema.text), ("source", Schema.reference("source")), ("to", Schema.text),
    ("leadsTo", Schema.reference("traffic")),
    ("admits", Schema.word(of: "anyone", "named", "no one")),
    ("ingressRules", Schema.list(Schema.reference("rule"))),
  ])

  private static let exposureOfOne = Schema.record([
    ("workload", Schema.text), ("direction", Schema.direction), ("isolated", Schema.boolean),
    (
      "openings",
      Schema.list(
        Schema.record(
          [
            ("action", Schema.word(of: "allow", "deny", "pass")), ("peer", Schema.text),
            ("ports", Schema.list(Schema.text)), ("rule", Schema.reference("rule")),
          ], optional: [("now", Schema.list(Schema.text))]))
    ),
  ])
}

extension Schema {
  static let direction = word(of: "ingress", "egress")
  static let family = word(of: "IPv4", "IPv6")

  /// `TrafficSet.json`; referred to as `traffic`.
  static let traffic = (
    "traffic",
    list(
      record(
        [("protocol", word(of: "any", "TCP", "UDP", "SCTP", "other"))],
        optional: [("port", position), ("endPort", position)]))
  )

  /// `Provenance.json`; referred to as `rule`.
  static let rule = (
    "rule", record([("policy", text), ("rule", text), ("source", reference("source"))])
  )
}
