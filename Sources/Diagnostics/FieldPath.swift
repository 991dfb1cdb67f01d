/// The way from an object's root to a field, printed as Kubernetes prints it:
/// `spec.ingress[0].ports[1]`. Made for every field that is read, printed for few: a chain of
/// steps, not text.
package indirect enum FieldPath: Hashable, Sendable {
  /// The object itself.
  case root
  /// A member of a mapping.
  case member(String, of: FieldPath)
  /// An item of a sequence, from 0.
  case item(Int, of: FieldPath)

  package func key(_ key: String) -> FieldPath { .member(key, of: self) }
  package func index(_ index: Int) -> FieldPath { .item(index, of: self) }

  /// Without its first step: `ingress[0]` of `spec.ingress[0]`.
  package var droppingFirst: FieldPath {
    switch self {
    case .root, .member(_, .root), .item(_, .root): .root
    case .member(let key, let parent): .member(key, of: parent.droppingFirst)
    case .item(let index, let parent): .item(index, of: parent.droppingFirst)
    }
  }

  package var isRoot: Bool { self == .root }
}

extension FieldPath: CustomStringConvertible {
  /// A key that would read as several, such as a label's `app.kubernetes.io/name`, is put in
  /// brackets.
  package var description: String {
    switch self {
    case .root: ""
    case .item(let index, let parent): "\(parent)[\(index)]"
    case .member(let key, let parent):
      if key.utf8.contains(UInt8(ascii: ".")) {
        "\(parent)[\(key)]"
      } else if parent.isRoot {
        key
      } else {
        "\(parent).\(key)"
      }
    }
  }
}
