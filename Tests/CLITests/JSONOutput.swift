import Diagnostics
import Manifests
import Testing

/// Reads what a command printed as JSON.
func json(_ text: String) throws -> ManifestValue { try #require(documents(text).first) }

/// Reads several, one after the other.
func documents(_ text: String) throws -> [ManifestValue] {
  var diagnostics = Diagnostics()
  let file = ManifestFile(path: "output.json", bytes: Array(text.utf8))
  let values = parseManifest(file, &diagnostics)
  #expect(diagnostics.all.map(\.headline) == [])
  return values
}
