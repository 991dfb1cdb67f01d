import Diagnostics
import NetSets

/// A range as a file has it, and where.
package struct NamedPrefix: Hashable, Sendable {
  package let prefix: IPPrefix
  /// Of the setting or the field.
  package let name: String
  package let location: SourceLocation

  package init(_ prefix: IPPrefix, name: String, location: SourceLocation) {
    self.prefix = prefix
    self.name = name
    self.location = location
  }
}
