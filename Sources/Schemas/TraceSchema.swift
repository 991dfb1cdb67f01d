import Diagnostics

extension OutputSchema {
  static let trace = OutputSchema(
    "netpolc.trace/v1",
    "A line of what trace -o json prints: a packet, what became of it, and what decided.",
    Schema.output(
      "netpolc.trace/v1",
      [
        ("time", Schema.text), ("from", Schema.text), ("to", Schema.text),
        ("protocol", Schema.position),
        ("sourcePort", Schema.optional(Schema.position, null: "the protocol has no ports")),
        ("port", Schema.optional(Schema.position, null: "the protocol has no ports")),
        ("outcome", Schema.word(of: "passed", "denied", "dropped")),
        (
          "by",
          Schema.optional(
            Schema.text, null: "it passed; netpolc when policies deny it, else a chain of others")
        ),
        ("rule", Schema.optional(Schema.text, null: "no rule of others dropped it")),
        ("chains", Schema.list(Schema.text)), ("policies", Schema.list(Schema.text)),
      ]))
}
