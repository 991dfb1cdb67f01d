import Diagnostics

extension OutputSchema {
  static let warmPool = OutputSchema(
    "netpolc.warm-pool/v1",
    "What warm-pool -o json prints: which addresses the AWS VPC CNI keeps at each number of pods.",
    Schema.output(
      "netpolc.warm-pool/v1",
      [
        ("instanceType", Schema.text),
        ("enisForPods", Schema.position), ("addressesPerEni", Schema.positive),
        ("prefixDelegation", Schema.boolean), ("customNetworking", Schema.boolean),
        (
          "settings",
          Schema.record([
            ("warmEniTarget", target("ipamd does not heed it")),
            ("warmPrefixTarget", target("ipamd does not heed it")),
            ("warmIpTarget", target("not set")), ("minimumIpTarget", target("not set")),
            ("maxPods", Schema.optional(Schema.positive, null: "no limit")),
          ])
        ),
        ("states", Schema.list(state)),
      ]))

  private static func target(_ meaning: String) -> JSON {
    Schema.optional(Schema.position, null: meaning)
  }

  private static let state = Schema.record([
    ("pods", Schema.position), ("enis", Schema.positive),
    ("prefixes", Schema.optional(Schema.position, null: "without prefix delegation")),
    ("addresses", Schema.position), ("assigned", Schema.position),
    ("available", Schema.position),
    // Addresses of each ENI in the order of attachment.
    ("addressesOfEnis", Schema.list(Schema.position)),
    ("podsWithoutAddress", Schema.position), ("settles", Schema.boolean),
  ])
}
