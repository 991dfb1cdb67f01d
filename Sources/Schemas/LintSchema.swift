import Diagnostics

extension OutputSchema {
  static let lint = OutputSchema(
    "netpolc.lint/v1",
    "What lint -o json prints: findings, also those that were accepted on purpose.",
    Schema.output(
      "netpolc.lint/v1",
      [
        (
          "summary",
          Schema.record([
            ("errors", Schema.position), ("warnings", Schema.position),
            ("notes", Schema.position), ("suppressed", Schema.position),
            ("files", Schema.position),
          ])
        ),
        ("notChecked", Schema.list(Schema.text)),
        ("findings", Schema.list(finding)),
      ]), definitions: [Schema.source])

  private static let finding = Schema.record([
    ("rule", Schema.text), ("level", Schema.word(of: "error", "warning", "note")),
    ("message", Schema.text), ("hint", Schema.optional(Schema.text, null: "nothing to advise")),
    ("object", Schema.optional(Schema.text, null: "it is about the input as a whole")),
    ("path", Schema.text),
    ("source", Schema.optional(Schema.reference("source"), null: "no line is to blame")),
    ("fingerprint", Schema.text),
    ("suppression", Schema.optional(Schema.text, null: "nobody accepted it")),
  ])
}
