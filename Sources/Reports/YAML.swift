import Diagnostics

extension JSON {
  /// As a YAML document in block style, with a newline at the end. Readers of YAML 1.1 (go-yaml 2,
  /// kubectl's) and of YAML 1.2 read the same value: text that either takes for something else is
  /// quoted. Items of a sequence stand below their key without indentation, as kubectl writes them.
  package var yaml: String {
    var text = ""
    writeBlock(to: &text, indent: 0, isAfterMarker: true)
    return text
  }

  /// - Parameter isAfterMarker: whether the first line is begun already, by its indentation or by
  ///   the `- ` of an item.
  private func writeBlock(to text: inout String, indent: Int, isAfterMarker: Bool) {
    let margin = String(repeating: " ", count: indent)
    switch self {
    case .array(let items) where !items.isEmpty:
      for (index, item) in items.enumerated() {
        text += index == 0 && isAfterMarker ? "- " : "\(margin)- "
        item.writeBlock(to: &text, indent: indent + 2, isAfterMarker: true)
      }
    case .object(let members) where !members.isEmpty:
      for (index, member) in members.enumerated() {
        if index > 0 || !isAfterMarker { text += margin }
        JSON.writeKey(member.0, to: &text, margin)
        member.1.writeValue(to: &text, indent: indent)
      }
    case .null, .bool, .integer, .string, .array, .object:
      text += yamlScalar + "\n"
    }
  }

  /// What follows a key.
  private func writeValue(to text: inout String, indent: Int) {
    switch self {
    case .array(let items) where !items.isEmpty:
      text += "\n"
      writeBlock(to: &text, indent: indent, isAfterMarker: false)
    case .object(let members) where !members.isEmpty:
      text += "\n"
      writeBlock(to: &text, indent: indent + 2, isAfterMarker: false)
    case .null, .bool, .integer, .string, .array, .object:
      text += " \(yamlScalar)\n"
    }
  }

  /// A key that is no string of up to 1,024 characters must say that it is one (YAML 1.2.2 §7.4.2).
  private static func writeKey(_ key: String, to text: inout String, _ margin: String) {
    let written = YAMLString.text(of: key)
    text += written.utf8.count < 1000 ? "\(written):" : "? \(written)\n\(margin):"
  }

  private var yamlScalar: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .string(let value): YAMLString.text(of: value)
    case .array: "[]"
    case .object: "{}"
    }
  }
}

/// Documents one after the other, as `kubectl apply` reads them.
package func yamlDocuments(_ documents: [JSON]) -> String {
  documents.map(\.yaml).joined(separator: "---\n")
}
