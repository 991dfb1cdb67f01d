import Diagnostics

extension OutputSchema {
  static let sourceMap = OutputSchema(
    "netpolc.source-map/v1",
    "What compile --source-map writes: the line of the manifests behind each rule.",
    Schema.output(
      "netpolc.source-map/v1",
      [
        (
          "rules",
          Schema.list(
            Schema.record(
              [
                (
                  "table",
                  Schema.word(
                    of: "ip netpolc", "ip6 netpolc", "iptables filter", "ip6tables filter")
                ),
                ("chain", Schema.text),
                ("rule", Schema.position),
                ("policy", Schema.text),
                ("path", Schema.text),
                ("source", Schema.reference("source")),
              ],
              optional: [("port", Schema.text)]))
        )
      ]),
    definitions: [Schema.source])
}
