import Diagnostics

extension OutputSchema {
  static let doctor = OutputSchema(
    "netpolc.doctor/v1",
    "What doctor -o json prints: what each check found on the node, and whether policy would hold.",
    Schema.output(
      "netpolc.doctor/v1",
      [
        ("verdict", Schema.word(of: "holds", "fails", "unknown")),
        ("cni", Schema.optional(network, null: "no container network was found")),
        ("podSubnets", Schema.list(Schema.text)),
        ("clusterNetworks", Schema.list(Schema.text)),
        ("checks", Schema.list(check)),
      ]))

  private static let network = Schema.record([
    (
      "profile",
      Schema.word(
        of: "bridge", "ptp", "flannel", "calico", "aws-vpc", "kindnet", "azure", "cilium", "antrea",
        "none")
    ),
    ("evidence", Schema.optional(Schema.text, null: "--cni says so")),
    ("podTraffic", Schema.word(of: "forwarded", "bridged", "bypassing")),
    ("podInterfaces", Schema.list(Schema.text)),
    (
      "tunnel",
      Schema.optional(
        Schema.record([("device", Schema.text), ("addresses", Schema.list(Schema.text))]),
        null: "there is none, or the links are not known")
    ),
    ("antiSpoofing", Schema.word(of: "reverse-path", "bridge-table", "none")),
    ("translation", Schema.word(of: "by-configuration", "by-network", "nobody")),
    ("masquerades", Schema.optional(Schema.boolean, null: "no file says it")),
    ("refusal", Schema.optional(Schema.text, null: "policy can hold under it")),
  ])

  private static let check = Schema.record([
    ("name", Schema.text), ("group", Schema.text),
    ("status", Schema.word(of: "fine", "not-asked", "found", "unknown")),
    ("detail", Schema.optional(Schema.text, null: "the findings say it, or it is not known")),
    ("unknown", Schema.optional(Schema.text, null: "all that was asked is known")),
    ("findings", Schema.list(finding)),
  ])

  private static let finding = Schema.record([
    ("level", Schema.word(of: "error", "warning", "note")), ("code", Schema.text),
    ("what", Schema.text), ("why", Schema.text),
    ("fix", Schema.record([("words", Schema.text), ("commands", Schema.list(Schema.text))])),
  ])
}
