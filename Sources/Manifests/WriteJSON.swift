import Diagnostics

/// A number that our JSON has no room for: one with a fraction, or of more than 64 bits.
package struct UnwritableNumber: Error, CustomStringConvertible {
  package let location: SourceLocation
  package let text: String

  package var description: String { "\(location): the number \(text)" }
}

extension JSON {
  /// The same value, to be written.
  /// - Parameter sortsMembers: for what has members in an order of no meaning.
  package init(_ value: ManifestValue, sortsMembers: Bool = false) throws(UnwritableNumber) {
    switch value.kind {
    case .null: self = .null
    case .string: self = .string(value.text)
    case .boolean: self = .bool(value.boolean == true)
    case .integer, .number:
      guard let integer = value.integer else {
        throw UnwritableNumber(location: value.location, text: value.text)
      }
      self = .integer(integer)
    case .sequence:
      var items: [JSON] = []
      for item in value.items { items.append(try JSON(item, sortsMembers: sortsMembers)) }
      self = .array(items)
    case .mapping:
      var members: [(String, JSON)] = []
      for member in value.members {
        members.append((member.key, try JSON(member.value, sortsMembers: sortsMembers)))
      }
      self = .object(sortsMembers ? members.sorted { $0.0 < $1.0 } : members)
    }
  }
}
