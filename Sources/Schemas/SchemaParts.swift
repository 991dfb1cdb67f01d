import Diagnostics

/// What schemas are put together from. They are strict: an object has no members but those named,
/// so that what is printed without being described is noticed.
enum Schema {
  static let text: JSON = ["type": "string"]
  static let boolean: JSON = ["type": "boolean"]
  /// A number from 0.
  static let position: JSON = ["type": "integer", "minimum": 0]
  static let positive: JSON = ["type": "integer", "minimum": 1]

  /// Exactly this word.
  static func constant(_ word: String) -> JSON { ["const": .string(word)] }

  static func word(of words: String...) -> JSON { ["enum": .array(words.map { .string($0) })] }

  static func list(_ item: JSON) -> JSON { ["type": "array", "items": item] }

  /// Null, which means `meaning`, or that.
  static func optional(_ schema: JSON, null meaning: String) -> JSON {
    ["description": .string("null: \(meaning)"), "oneOf": [["type": "null"], schema]]
  }

  static func either(_ schemas: JSON...) -> JSON { ["oneOf": .array(schemas)] }

  static func reference(_ definition: String) -> JSON {
    ["$ref": .string("#/$defs/\(definition)")]
  }

  /// - Parameter optional: members that may be left out.
  static func record(
    _ required: [(String, JSON)], optional: [(String, JSON)] = []
  ) -> JSON {
    [
      "type": "object",
      "properties": .object(required + optional),
      "required": .array(required.map { .string($0.0) }),
      "additionalProperties": .bool(false),
    ]
  }

  /// The object of a whole output, which says its schema first.
  static func output(
    _ name: String, _ required: [(String, JSON)], optional: [(String, JSON)] = []
  ) -> JSON {
    record([("schema", constant(name))] + required, optional: optional)
  }

  /// `SourceLocation.json`; referred to as `source`.
  static let source = (
    "source", record([("file", text), ("line", positive), ("column", positive)])
  )
}
