import Testing

/// A validator that lets everything pass would be no test of anything.
@Suite struct SchemaValidatorTests {
  private func problems(_ schema: String, _ value: String) throws -> [String] {
    try SchemaValidator(json(schema)).problems(of: json(value))
  }

  private static let record = """
    {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"$ref": "#/$defs/b"}},
     "required": ["a"], "additionalProperties": false, "$defs": {"b": {"type": "string"}}}
    """

  @Test(arguments: [
    (#"{"type": "object"}"#, #"[]"#), (#"{"type": ["null", "string"]}"#, #"[1]"#),
    (#"{"items": {"type": "string"}}"#, #"["a", 1]"#), (#"{"const": "a"}"#, #"["a"]"#),
    (#"{"items": {"const": 1}}"#, #"["1"]"#), (#"{"items": {"enum": ["a", "b"]}}"#, #"["c"]"#),
    (#"{"items": {"minimum": 1}}"#, #"[0]"#), (#"{"items": {"maximum": 1}}"#, #"[2]"#),
    (#"{"oneOf": [{"type": "object"}, {"type": "string"}]}"#, #"[]"#),
    (#"{"oneOf": [{"type": "array"}, {"items": {}}]}"#, #"[]"#),
    (#"{"anyOf": [{"type": "object"}, {"type": "string"}]}"#, #"[]"#),
    (#"{"additionalProperties": {"type": "string"}}"#, #"{"a": 1}"#),
    (#"{"additionalProperties": false}"#, #"{"a": 1}"#), ("{\"$ref\": \"#/$defs/no\"}", "{}"),
    (record, #"{"a": "1"}"#), (record, #"{"b": "x"}"#), (record, #"{"a": 1, "c": 2}"#),
    (record, #"{"a": 1, "b": 2}"#),
  ])
  func `what a schema forbids is a problem`(_ schema: String, _ value: String) throws {
    #expect(try !problems(schema, value).isEmpty)
  }

  @Test(arguments: [
    (#"{"type": ["null", "array"]}"#, #"[]"#), (#"{"items": {"enum": ["a", 1]}}"#, #"["a", 1]"#),
    (#"{"items": {"minimum": 1, "maximum": 1}}"#, #"[1]"#),
    (#"{"anyOf": [{"type": "array"}, {"items": {}}]}"#, #"[]"#),
    (#"{"oneOf": [{"type": "array"}, {"type": "string"}]}"#, #"[]"#),
    (#"{"additionalProperties": {"type": "string"}}"#, #"{"a": "1"}"#), (record, #"{"a": 1}"#),
    (record, #"{"a": 1, "b": "x"}"#),
  ])
  func `what a schema allows is none`(_ schema: String, _ value: String) throws {
    #expect(try problems(schema, value) == [])
  }

  @Test func `a problem has its place`() throws {
    #expect(
      try problems(#"{"properties": {"a": {"items": {"type": "null"}}}}"#, #"{"a": [null, 1]}"#)
        == ["$.a[1]: is integer, not null"])
  }

  @Test(arguments: [
    #"{"maxLength": 1}"#, #"{"properties": {"a": {"oneOf": [{"format": "uri"}]}}}"#,
    #"{"items": {"additionalProperties": {"pattern": "a"}}}"#, #"{"$defs": {"a": {"not": {}}}}"#,
  ])
  func `a keyword that is not checked is refused, wherever it stands`(_ schema: String) throws {
    #expect(throws: SchemaValidator.UnknownKeyword.self) { try SchemaValidator(json(schema)) }
  }
}
