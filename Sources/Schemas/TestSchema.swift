import Diagnostics

extension OutputSchema {
  /// Read, not printed: editors complete by it.
  static let test = OutputSchema(
    "netpolc.test/v1",
    "What test reads: tests of what policies allow.",
    Schema.output("netpolc.test/v1", [("tests", atLeastOne(Schema.either(allow, deny, from, to)))]),
    definitions: [ends, ports])

  private static let allow = Schema.record(
    [("allow", pair(required: [("port", Schema.reference("ports"))]))], optional: name)

  private static let deny = Schema.record(
    [
      (
        "deny",
        Schema.record(fromAndTo, optional: portOrPorts)
      )
    ], optional: name)

  private static let from = Schema.record(
    [("to", Schema.reference("ends")), ("allowFrom", peers)], optional: name + portOrPorts)

  private static let to = Schema.record(
    [("from", Schema.reference("ends")), ("allowTo", peers)], optional: name + portOrPorts)

  private static let name = [("name", Schema.text)]
  private static let fromAndTo = [
    ("from", Schema.reference("ends")), ("to", Schema.reference("ends")),
  ]
  private static let portOrPorts = [
    ("port", Schema.reference("ports")), ("ports", Schema.reference("ports")),
  ]

  /// With one of both words for ports.
  private static func pair(required port: [(String, JSON)]) -> JSON {
    Schema.either(
      Schema.record(fromAndTo + port),
      Schema.record(fromAndTo + [("ports", Schema.reference("ports"))]))
  }

  /// `[]` is nobody.
  private static let peers = Schema.either(Schema.text, Schema.list(Schema.text))

  private static let ends = ("ends", Schema.either(Schema.text, atLeastOne(Schema.text)))

  private static let ports = (
    "ports", Schema.either(Schema.text, Schema.positive, atLeastOne(port))
  )

  private static let port = Schema.either(Schema.text, Schema.positive)

  private static func atLeastOne(_ item: JSON) -> JSON {
    ["type": "array", "items": item, "minItems": 1]
  }
}
