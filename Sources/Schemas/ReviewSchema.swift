import Diagnostics

extension OutputSchema {
  static let review = OutputSchema(
    "netpolc.review/v1",
    "What review -o json prints: connections that a change opens and closes, and why.",
    Schema.output(
      "netpolc.review/v1",
      [
        ("base", Schema.text), ("head", Schema.text), ("gained", Schema.position),
        ("lost", Schema.position), ("unchanged", Schema.position), ("critical", Schema.position),
        ("policiesDiffer", Schema.boolean),
        ("gate", Schema.word(of: "any", "gained", "lost", "critical", "none")),
        ("failed", Schema.boolean), ("changes", Schema.list(change)),
      ]), definitions: [Schema.source, Schema.traffic])

  /// Read with `--allow`, written with `--write-allow`.
  static let acceptedChanges = OutputSchema(
    "netpolc.allow/v1",
    "What review --write-allow writes: changes that were accepted on purpose.",
    Schema.output(
      "netpolc.allow/v1",
      [
        (
          "accepted",
          Schema.list(
            Schema.record(
              [("id", Schema.text), ("change", kind), ("reason", Schema.text)],
              optional: [("connection", Schema.text)]))
        )
      ]))

  private static let kind = Schema.word(of: "gained", "lost")

  private static let change = Schema.record(
    [
      ("id", Schema.text), ("change", kind), ("from", Schema.text), ("to", Schema.text),
      ("traffic", Schema.reference("traffic")), ("critical", Schema.boolean),
      ("causes", Schema.list(cause)),
    ],
    optional: [
      ("onlyIn", Schema.family),
      (
        "alarm",
        Schema.word(of: "cloud metadata address", "open to the internet", "no longer isolated")
      ), ("accepted", Schema.text),
    ])

  private static let cause = Schema.record(
    [("text", Schema.text)],
    optional: [
      ("policy", Schema.text), ("version", Schema.word(of: "base", "head")),
      ("source", Schema.reference("source")),
    ])
}
