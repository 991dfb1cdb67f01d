import Diagnostics

extension OutputSchema {
  static let testResult = OutputSchema(
    "netpolc.test-result/v1",
    "What test -o json prints: which tests hold, what is wrong, and what no test touches.",
    Schema.output(
      "netpolc.test-result/v1",
      [
        ("passed", Schema.position),
        ("failed", Schema.position),
        (
          "tests",
          Schema.list(
            Schema.record([
              ("name", Schema.text),
              ("source", Schema.reference("source")),
              ("holds", Schema.boolean),
              ("failures", Schema.list(failure)),
              ("complete", Schema.boolean),
            ]))
        ),
        (
          "coverage",
          Schema.record(
            [
              ("parts", Schema.position), ("covered", Schema.position),
              ("uncovered", Schema.list(part)),
            ], optional: [("requiredPercent", Schema.position)])
        ),
      ]),
    definitions: [Schema.source])

  private static let failure = Schema.record(
    [
      ("message", Schema.text),
      ("kind", Schema.word(of: "allowed", "denied", "unconnected")),
      ("from", Schema.list(Schema.text)),
      ("to", Schema.list(Schema.text)),
      ("traffic", Schema.list(traffic)),
      (
        "causes",
        Schema.list(
          Schema.record(
            [("text", Schema.text)],
            optional: [("policy", Schema.text), ("source", Schema.reference("source"))]))
      ),
    ], optional: [("onlyIn", Schema.word(of: "IPv4", "IPv6"))])

  private static let traffic = Schema.record(
    [("protocol", Schema.word(of: "any", "TCP", "UDP", "SCTP", "other"))],
    optional: [("port", Schema.position), ("endPort", Schema.position)])

  private static let part = Schema.record([
    ("kind", Schema.word(of: "rule", "isolation")),
    ("policy", Schema.text),
    ("path", Schema.text),
    ("source", Schema.reference("source")),
  ])
}
