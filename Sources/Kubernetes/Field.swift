import Diagnostics
import Manifests

/// A value with the way to it: what is read, and what is said when it cannot be.
package struct Field: Sendable {
  package let value: ManifestValue
  package let path: FieldPath

  package init(_ value: ManifestValue, path: FieldPath) {
    self.value = value
    self.path = path
  }

  package var location: SourceLocation { value.location }

  package func error(
    _ code: DiagnosticCode, _ message: String, hint: String? = nil, _ diagnostics: inout Diagnostics
  ) {
    diagnostics.error(code, message, at: location, path: path, hint: hint)
  }

  /// The member of that name; nil when it is missing or null, which Kubernetes takes for the same.
  package subscript(_ name: StaticString) -> Field? {
    guard let member = value[name], member.kind != .null else { return nil }
    return Field(member, path: path.key("\(name)"))
  }

  /// Where the member's name stands.
  package func keyLocation(of name: StaticString) -> SourceLocation? {
    value.members.first { $0.keyEquals(name) }?.keyLocation
  }

  /// The text of a string; numbers and booleans are not made into strings.
  package func string(_ diagnostics: inout Diagnostics) -> String? {
    guard value.kind == .string else {
      let scalar = [.boolean, .integer, .number].contains(value.kind)
      wrongType(
        "a string", hint: scalar ? "put it in quotes: \"\(value.text)\"" : nil, &diagnostics)
      return nil
    }
    return value.text
  }

  package func boolean(_ diagnostics: inout Diagnostics) -> Bool? {
    guard let boolean = value.boolean else {
      wrongType("true or false", &diagnostics)
      return nil
    }
    return boolean
  }

  package func integer(_ diagnostics: inout Diagnostics) -> Int? {
    guard value.kind == .integer, let integer = value.integer else {
      wrongType("an integer", &diagnostics)
      return nil
    }
    return integer
  }

  /// The items of a sequence.
  package func items(_ diagnostics: inout Diagnostics) -> [Field]? {
    guard value.kind == .sequence else {
      wrongType("a list", hint: "start each item with \"- \"", &diagnostics)
      return nil
    }
    return value.items.enumerated().map { Field($1, path: path.index($0)) }
  }

  /// Whether it is a mapping; says so when not.
  /// With `fields`, members of any other name are errors: a misspelt field would silently be as if
  /// it were not there, which opens what it was meant to close.
  package func isObject(fields: [String]?, _ diagnostics: inout Diagnostics) -> Bool {
    guard value.kind == .mapping else {
      wrongType("an object", &diagnostics)
      return false
    }
    guard let fields else { return true }
    var isKnown = true
    for member in value.members where !fields.contains(member.key) {
      isKnown = false
      let near = NearMiss.of(member.key, in: fields)
      diagnostics.error(
        .unknownField, "unknown field \(quoted(member.key)), expected \(alternatives(fields))",
        at: member.keyLocation, path: path, hint: near.map { "did you mean \($0)?" })
    }
    return isKnown
  }

  package func wrongType(
    _ expected: String, hint: String? = nil, _ diagnostics: inout Diagnostics
  ) {
    error(.wrongType, "found \(found), expected \(expected)", hint: hint, &diagnostics)
  }

  /// What is there, in words.
  package var found: String {
    switch value.kind {
    case .null: "nothing"
    case .boolean: "the boolean \(value.text)"
    case .integer, .number: "the number \(value.text)"
    case .string: "the string \(quoted(value.text))"
    case .sequence: "a list"
    case .mapping: "an object"
    }
  }
}

/// In quotes, cut to what a line of a message can hold.
package func quoted(_ text: String) -> String { "\"\(shown(text))\"" }

/// The user's text where it stands in a line of ours: cut, and without what steers a terminal.
package func shown(_ text: String) -> String {
  let start = text.unicodeScalars.prefix(60).map { scalar in
    scalar.properties.generalCategory == .control ? "?" : Character(scalar)
  }
  return "\(String(start))\(text.unicodeScalars.count > 60 ? "…" : "")"
}

/// `a, b or c`; the first eight of many.
package func alternatives(_ words: [String]) -> String {
  if words.count > 8 { return words.prefix(8).joined(separator: ", ") + " …" }
  guard let last = words.last, words.count > 1 else { return words.joined() }
  return words.dropLast().joined(separator: ", ") + " or " + last
}
