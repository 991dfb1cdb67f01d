import Diagnostics

extension OutputSchema {
  static let status = OutputSchema(
    "netpolc.status/v1",
    "What status -o json prints: what the kernel holds, and how it differs from what was applied.",
    Schema.output(
      "netpolc.status/v1",
      [
        ("generation", Schema.optional(Schema.position, null: "none that is known")),
        ("pending", Schema.optional(Schema.position, null: "none waits for confirmation")),
        ("firewalls", Schema.list(Schema.word(of: "nftables", "iptables-nft", "iptables-legacy"))),
        (
          "installed",
          Schema.list(
            Schema.word(
              of: "ip netpolc", "ip6 netpolc", "bridge netpolc", "iptables filter",
              "ip6tables filter", "iptables nat", "ip6tables nat"))
        ),
        // Which firewalls could not be looked at, and why.
        ("unread", Schema.list(Schema.text)),
        (
          "denied",
          Schema.list(
            Schema.record([
              ("from", Schema.text),
              ("fromPod", Schema.optional(Schema.text, null: "no isolated pod of this node")),
              ("to", Schema.text),
              ("toPod", Schema.optional(Schema.text, null: "no isolated pod of this node")),
              ("port", Schema.position), ("protocol", Schema.word(of: "TCP", "UDP", "SCTP")),
              ("packets", Schema.position),
            ]))
        ),
        ("drift", Schema.list(Schema.reference("table"))),
        (
          "agent",
          Schema.optional(agentStatusObject, null: "no agent keeps the node, as far as one answers")
        ),
      ]),
    definitions: [tableDifference])
}
