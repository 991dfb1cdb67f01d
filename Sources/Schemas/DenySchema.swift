import Diagnostics

extension OutputSchema {
  static let denial = OutputSchema(
    "netpolc.deny/v1",
    "A line of what watch -o json prints: a packet that was denied or would be, and by which policies.",
    Schema.output(
      "netpolc.deny/v1",
      [
        // In UTC, as RFC 3339 has it.
        ("time", Schema.text),
        // What audited policies would deny passed.
        ("verdict", Schema.word(of: "deny", "would-deny")),
        (
          "direction",
          Schema.optional(
            Schema.word(of: "ingress", "egress"),
            null: "one end has an address of this node's pods that no known pod has")
        ),
        ("from", end), ("to", end), ("protocol", Schema.text),
        (
          "icmpType",
          Schema.optional(Schema.position, null: "it is not ICMP, or not its beginning")
        ),
        ("length", Schema.position),
        ("inInterface", Schema.optional(Schema.text, null: "this node sent it")),
        ("outInterface", Schema.optional(Schema.text, null: "it is for this node")),
        // Of the end that the direction is about: ingress of `to`, egress of `from`.
        (
          "isolatedBy",
          Schema.list(
            Schema.record([("policy", Schema.text), ("source", Schema.reference("source"))]))
        ),
        // Records of the same namespace that were left out before this one.
        ("suppressed", Schema.position),
      ]), definitions: [Schema.source])

  private static let end = Schema.record([
    ("address", Schema.text),
    (
      "port",
      Schema.optional(Schema.position, null: "the protocol has no ports, or it is a fragment")
    ),
    ("pod", Schema.optional(Schema.text, null: "no known pod has the address")),
    ("workload", Schema.optional(Schema.text, null: "no known pod has the address")),
    ("node", Schema.optional(Schema.text, null: "no known node has the address")),
  ])
}
