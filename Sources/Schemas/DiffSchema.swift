import Diagnostics

extension OutputSchema {
  static let diff = OutputSchema(
    "netpolc.diff/v1",
    "What diff -o json prints: the objects that differ, and with --semantic what packets do.",
    Schema.output(
      "netpolc.diff/v1",
      [
        ("from", Schema.text),
        ("to", Schema.text),
        ("node", Schema.optional(Schema.text, null: "every pod counts as local")),
        ("tables", Schema.list(Schema.reference("table"))),
      ],
      optional: [
        ("sameMeaning", Schema.boolean), ("meaning", Schema.list(Schema.reference("meaning"))),
        ("sources", Schema.list(sources)),
      ]),
    definitions: [tableDifference, ("meaning", meaning)])

  /// `DifferenceText.json`; referred to as `table`.
  static let tableDifference = (
    "table",
    Schema.record([
      (
        "table",
        Schema.word(
          of: "ip netpolc", "ip6 netpolc", "bridge netpolc", "iptables filter",
          "ip6tables filter", "iptables nat", "ip6tables nat")
      ),
      ("family", Schema.word(of: "ip", "ip6", "bridge")),
      (
        "objects",
        Schema.list(
          Schema.record([
            ("kind", Schema.word(of: "chain", "map", "set", "counter", "jump")),
            ("name", Schema.text),
            ("change", Schema.word(of: "added", "removed", "changed")),
            ("removed", Schema.list(Schema.text)),
            ("added", Schema.list(Schema.text)),
          ]))
      ),
    ])
  )

  /// With `--masq` and the like: who leaves the node by another source.
  private static let sources = Schema.record([
    ("from", Schema.list(Schema.text)), ("to", Schema.list(Schema.text)),
    ("before", Schema.text), ("after", Schema.text),
    ("example", Schema.optional(Schema.text, null: "it is so for all connections")),
  ])

  private static let meaning = Schema.record([
    ("pod", Schema.text),
    ("address", Schema.text),
    ("direction", Schema.word(of: "ingress", "egress")),
    ("peers", Schema.text),
    ("gained", Schema.text),
    ("lost", Schema.text),
  ])
}
