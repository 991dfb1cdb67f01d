import Diagnostics
import NetSets
import PolicyModel

/// From rules back to the lines they come from.
package struct SourceMap: Sendable {
  package private(set) var entries: [Entry] = []

  package struct Entry: Hashable, Sendable {
    package let family: IPFamily
    package let chain: String
    /// Position of the rule in its chain, from 0.
    package let rule: Int
    package let provenance: Provenance
    /// The item of `ports`, where the rule comes from one.
    package let port: FieldPath?
  }

  mutating func add(_ entry: Entry) { entries.append(entry) }
}
