import Manifests

/// Holds values against a JSON Schema (draft 2020-12), in the keywords that our schemas use. Any
/// other keyword is an error, so that nothing stands in a schema that nobody checks.
struct SchemaValidator {
  private let root: ManifestValue

  struct UnknownKeyword: Error, Equatable {
    let keyword: String
  }

  init(_ schema: ManifestValue) throws(UnknownKeyword) {
    root = schema
    try check(schema)
  }

  /// What is not as the schema says, each with its place; empty for a valid value.
  func problems(of value: ManifestValue) -> [String] { problems(of: value, root, "$") }

  private func check(_ schema: ManifestValue) throws(UnknownKeyword) {
    // true and false are schemas too.
    if schema.kind == .boolean { return }
    for member in schema.members {
      switch member.key {
      case "$schema", "title", "description", "$ref", "type", "const", "enum", "required",
        "minimum", "maximum", "minItems":
        continue
      case "items", "additionalProperties": try check(member.value)
      case "properties", "$defs": for inner in member.value.members { try check(inner.value) }
      case "oneOf", "anyOf": for inner in member.value.items { try check(inner) }
      default: throw UnknownKeyword(keyword: member.key)
      }
    }
  }

  private func problems(
    of value: ManifestValue, _ schema: ManifestValue, _ place: String
  ) -> [String] {
    if schema.kind == .boolean {
      return schema.boolean == true ? [] : ["\(place): must not be there"]
    }
    return schema.members.flatMap { member -> [String] in
      let rule = member.value
      switch member.key {
      case "$ref":
        guard let target = target(of: rule.text) else { return ["\(place): no \(rule.text)"] }
        return problems(of: value, target, place)
      case "type":
        let types = rule.kind == .string ? [rule.text] : rule.items.map(\.text)
        return types.contains(value.kind.schemaType)
          ? [] : ["\(place): is \(value.kind.schemaType), not \(types.joined(separator: " or "))"]
      case "const": return same(value, rule) ? [] : ["\(place): is not \(rule.text)"]
      case "enum":
        return rule.items.contains { same(value, $0) }
          ? [] : ["\(place): \(value.text) is none of the words"]
      case "minimum": return value.integer ?? .max >= rule.integer ?? 0 ? [] : ["\(place): too low"]
      case "maximum":
        return value.integer ?? .min <= rule.integer ?? 0 ? [] : ["\(place): too high"]
      case "minItems":
        return value.kind != .sequence || Array(value.items).count >= rule.integer ?? 0
          ? [] : ["\(place): too few"]
      case "items":
        return value.items.enumerated().flatMap { problems(of: $1, rule, "\(place)[\($0)]") }
      case "properties", "additionalProperties":
        return value.members.flatMap { inner -> [String] in
          let isNamed = schema["properties"]?[named: inner.key] != nil
          let rule =
            member.key == "properties" ? rule[named: inner.key] : isNamed ? nil : member.value
          return rule.map { problems(of: inner.value, $0, "\(place).\(inner.key)") } ?? []
        }
      case "required" where value.kind == .mapping:
        return rule.items.filter { value[named: $0.text] == nil }
          .map { "\(place): lacks \($0.text)" }
      case "oneOf", "anyOf":
        let tried = rule.items.map { problems(of: value, $0, place) }
        let matching = tried.count { $0.isEmpty }
        if matching == 1 || matching > 1 && member.key == "anyOf" { return [] }
        return ["\(place): matches \(matching) of \(tried.count) forms: \(tried)"]
      default: return []
      }
    }
  }

  /// `#/$defs/name`
  private func target(of reference: String) -> ManifestValue? {
    let start = "#/$defs/"
    guard reference.hasPrefix(start) else { return nil }
    return root["$defs"]?[named: String(reference.dropFirst(start.count))]
  }

  private func same(_ left: ManifestValue, _ right: ManifestValue) -> Bool {
    left.kind == right.kind && left.text == right.text
  }
}

extension ManifestValue {
  subscript(named key: String) -> ManifestValue? { members.first { $0.key == key }?.value }
}

extension ManifestValue.Kind {
  fileprivate var schemaType: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .integer: "integer"
    case .number: "number"
    case .string: "string"
    case .sequence: "array"
    case .mapping: "object"
    }
  }
}
