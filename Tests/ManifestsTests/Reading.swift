import Diagnostics
import Manifests

/// Our places; Testing has a type of the same name.
typealias InputLocation = SourceLocation

/// What is made of `text` as a file of this name.
func read(
  _ text: some StringProtocol, _ path: String = "a.yaml", limits: ManifestLimits = ManifestLimits()
) -> (documents: [ManifestValue], diagnostics: Diagnostics) {
  var diagnostics = Diagnostics()
  let file = ManifestFile(path: path, bytes: Array(text.utf8))
  let documents = parseManifest(file, limits: limits, &diagnostics)
  return (documents, diagnostics)
}

/// The headlines of what is wrong with `bytes`.
func headlines(_ bytes: [UInt8], _ path: String) -> [String] {
  var diagnostics = Diagnostics()
  let documents = parseManifest(ManifestFile(path: path, bytes: bytes), &diagnostics)
  return diagnostics.all.map(\.headline) + (documents.isEmpty ? [] : ["and documents"])
}

func headlines(_ text: String, _ path: String = "a.yaml") -> [String] {
  headlines(Array(text.utf8), path)
}

/// A value in one line, its scalars marked with their kind where the text does not show it.
func dump(_ value: ManifestValue) -> String {
  switch value.kind {
  case .null: "null"
  case .boolean: value.boolean.map { "\($0)" } ?? "?"
  case .integer: value.integer.map { "\($0)" } ?? "large \(value.text)"
  case .number: "number \(value.text)"
  case .string: "'\(value.text)'"
  case .sequence: "[" + value.items.map(dump).joined(separator: ", ") + "]"
  case .mapping:
    "{" + value.members.map { "\($0.key): \(dump($0.value))" }.joined(separator: ", ") + "}"
  }
}

/// Everything read from `text`, or what is wrong with it.
func dump(_ text: some StringProtocol, _ path: String = "a.yaml") -> String {
  let (documents, diagnostics) = read(text, path)
  return (documents.map(dump) + diagnostics.all.map(\.headline)).joined(separator: "; ")
}
