import Diagnostics
import Kubernetes
import Manifests

/// A NetworkPolicy as it is written: what its meaning no longer tells, such as which fields are
/// there and where. What it means is for `TierPolicy` alone to say.
struct PolicySource {
  let reference: ObjectReference
  let root: Field

  init(_ root: Field) {
    self.root = root
    reference = Lint.reference(of: root, kind: "NetworkPolicy")
  }

  var spec: Field? { root["spec"] }

  /// The place of the name of a field of `spec`.
  func location(of name: StaticString) -> SourceLocation {
    spec?.keyLocation(of: name) ?? spec?.location ?? root.location
  }

  /// The field that a path from the object's root leads to.
  func field(at path: FieldPath) -> Field? {
    switch path {
    case .root: root
    case .member(let key, let parent):
      field(at: parent)?.value.members.first { $0.key == key }.map { Field($0.value, path: path) }
    case .item(let index, let parent):
      field(at: parent)?.value.items.dropFirst(index).first { _ in true }
        .map { Field($0, path: path) }
    }
  }

  /// The items of a list; none when it is something else.
  static func items(_ field: Field?) -> [Field] {
    guard let field else { return [] }
    return field.value.items.enumerated().map { Field($1, path: field.path.index($0)) }
  }
}
