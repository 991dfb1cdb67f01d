/// The way from an object's root to a field, printed as Kubernetes prints it:
/// `spec.ingress[0].ports[1]`.
package struct FieldPath: Hashable, Sendable, CustomStringConvertible {
  private let text: String

  /// The object itself.
  package static let root = FieldPath(text: "")

  private init(text: String) { self.text = text }

  /// The member `key` of this mapping. A key that would read as several, such as a label's
  /// `app.kubernetes.io/name`, is put in brackets.
  package func key(_ key: some StringProtocol) -> FieldPath {
    if key.utf8.contains(UInt8(ascii: ".")) { return FieldPath(text: "\(text)[\(key)]") }
    return FieldPath(text: text.isEmpty ? String(key) : "\(text).\(key)")
  }

  /// The item `index`, from 0, of this sequence.
  package func index(_ index: Int) -> FieldPath { FieldPath(text: "\(text)[\(index)]") }

  package var isRoot: Bool { text.isEmpty }
  package var description: String { text }
}
