import Diagnostics
import Manifests
import Testing

/// Reads what a command printed as JSON.
func json(_ text: String) throws -> ManifestValue { try #require(documents(text).first) }

/// Reads several, one after the other; of YAML where they are separated by its dashes.
func documents(_ text: String) throws -> [ManifestValue] {
  var diagnostics = Diagnostics()
  let file = ManifestFile(
    path: text.hasPrefix("---") ? "output.yaml" : "output.json", bytes: Array(text.utf8))
  let values = parseManifest(file, &diagnostics)
  #expect(diagnostics.all.map(\.headline) == [])
  return values
}
