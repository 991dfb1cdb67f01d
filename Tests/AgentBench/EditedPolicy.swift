import APIServer
import BenchSupport
import Diagnostics
import Manifests

/// A policy, and the same without its last rule of ingress.
struct EditedPolicy {
  let whole: StoredObject
  let shorter: StoredObject

  init(_ policy: StoredObject) throws {
    var diagnostics = Diagnostics()
    let text = policy.text(isItem: false)
    let values = parseJSON(
      ManifestFile(path: "policy.json", bytes: Array(text.utf8)), &diagnostics)
    guard let value = values.first, case .object(let members) = try JSON(value) else {
      throw BenchFailure(description: "no policy: \(text)")
    }
    whole = policy
    shorter = try StoredObject(
      manifest: JSON.object(
        members.map { $0 == "spec" ? ($0, Self.shortened($1)) : ($0, $1) }
      ).line)
  }

  private static func shortened(_ spec: JSON) -> JSON {
    guard case .object(let members) = spec else { return spec }
    return .object(
      members.map { name, value in
        guard name == "ingress", case .array(let rules) = value else { return (name, value) }
        return (name, .array(rules.dropLast()))
      })
  }
}
