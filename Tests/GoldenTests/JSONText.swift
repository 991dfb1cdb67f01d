import Diagnostics
import Manifests

extension ManifestValue {
  /// The same value as JSON, as `kubectl -o json` would have written it.
  var json: JSON {
    switch kind {
    case .null, .number: .null
    case .boolean: .bool(boolean == true)
    case .integer: integer.map { .integer($0) } ?? .null
    case .string: .string(text)
    case .sequence: .array(items.map(\.json))
    case .mapping: .object(members.map { ($0.key, $0.value.json) })
    }
  }
}
