import Diagnostics

extension OutputSchema {
  static let maxPods = OutputSchema(
    "netpolc.max-pods/v1",
    "What max-pods -o json prints: how many pods an EC2 instance type has addresses for.",
    Schema.output(
      "netpolc.max-pods/v1",
      [
        ("instanceType", Schema.text),
        ("platform", Schema.word(of: "nitro", "xen", "metal", "unknown")),
        ("enis", Schema.positive), ("enisForPods", Schema.position),
        ("addressesPerEni", Schema.positive), ("networkCards", Schema.positive),
        ("prefixDelegation", Schema.boolean), ("podAddresses", Schema.position),
        ("maxPods", Schema.positive),
        (
          "recommended",
          Schema.optional(Schema.positive, null: "--vcpus does not say how many there are")
        ),
      ]))
}
