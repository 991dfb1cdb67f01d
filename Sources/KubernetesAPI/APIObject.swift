import Diagnostics
import Manifests

/// An object as the server sent it.
package struct APIObject: Sendable {
  package let resource: APIResource
  /// Its kind, namespace and name.
  package let reference: ObjectReference
  /// Changes when an object is removed and made again. Empty if the server left it out.
  package let uid: String
  /// The state of the cluster in which the object became so. Only equality means something.
  package let resourceVersion: String
  /// The whole object. Items of lists have neither `kind` nor `apiVersion`: `resource` knows them.
  /// Its file is called `pods/shop/web-0@12345`.
  package let root: ManifestValue

  /// - Parameter value: what should be an object of `resource`.
  init(_ value: ManifestValue, of resource: APIResource) throws(APIFailure) {
    let kind = value["kind"]?.text ?? resource.kind
    guard kind == resource.kind else {
      throw .malformed("an object of kind \(quoted(kind)) among \(resource.name)")
    }
    let metadata = value["metadata"]
    func text(_ key: StaticString) -> String? {
      guard let field = metadata?[key], field.kind == .string else { return nil }
      return field.text.isEmpty ? nil : field.text
    }
    guard let name = text("name") else { throw .malformed("\(resource.kind) without a name") }
    let namespace = resource.isNamespaced ? text("namespace") : nil
    guard (namespace != nil) == resource.isNamespaced else {
      throw .malformed("\(resource.kind) \(quoted(name)) without a namespace")
    }
    guard let version = text("resourceVersion") else {
      throw .malformed("\(resource.kind) \(quoted(name)) without a resourceVersion")
    }
    self.resource = resource
    reference = ObjectReference(kind: resource.kind, namespace: namespace, name: name)
    uid = text("uid") ?? ""
    resourceVersion = version
    root = value.inFile("\(resource.plural)/\(reference.qualifiedName)@\(version)")
  }
}

/// One JSON value of what the server sent.
/// - Parameter name: what it is, for messages.
func parsed(_ bytes: [UInt8], _ name: String) throws(APIFailure) -> ManifestValue {
  var diagnostics = Diagnostics()
  let values = parseJSON(ManifestFile(path: name, bytes: bytes), &diagnostics)
  if let problem = diagnostics.all.first { throw .malformed(problem.headline) }
  guard values.count == 1, let value = values.first, value.kind == .mapping else {
    throw .malformed("\(name): not a JSON object")
  }
  return value
}
