import Diagnostics
import Manifests
import Testing

/// Reads what a program printed as JSON.
func parse(json text: String) throws -> ManifestValue {
  try #require(documents(of: text, named: "output.json").first)
}

/// Reads what a program printed as YAML.
func parse(yaml text: String) throws -> [ManifestValue] {
  try documents(of: text, named: "output.yaml")
}

private func documents(of text: String, named name: String) throws -> [ManifestValue] {
  var diagnostics = Diagnostics()
  let file = ManifestFile(path: name, bytes: Array(text.utf8))
  let documents = parseManifest(file, &diagnostics)
  #expect(diagnostics.all.map(\.headline) == [])
  return documents
}
