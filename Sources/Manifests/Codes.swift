import Diagnostics

/// What can be wrong with the text of a manifest, whatever it describes.
extension DiagnosticCode {
  package static let yamlSyntax = DiagnosticCode("yaml-syntax")
  package static let jsonSyntax = DiagnosticCode("json-syntax")
  package static let invalidUTF8 = DiagnosticCode("invalid-utf8")
  /// A mapping that has a key twice.
  package static let duplicateKey = DiagnosticCode("duplicate-key")
  package static let tooDeep = DiagnosticCode("too-deep")
  /// A file, or one value in it, that is larger than we read.
  package static let tooLarge = DiagnosticCode("too-large")
  /// Aliases that stand for far more values than the file has, or for themselves.
  package static let aliasExpansion = DiagnosticCode("alias-expansion")
  package static let unsupportedTag = DiagnosticCode("unsupported-tag")
}

/// How much of the machine a file may use. The defaults are far above what a cluster produces.
package struct ManifestLimits: Sendable {
  /// Bytes of a JSON file: its values are addressed with 32 bits.
  package var jsonBytes = Int(Int32.max)
  /// Bytes of a YAML file: half a GiB is 15 seconds of work and 2 GiB of memory.
  package var yamlBytes = 512 << 20
  /// Mappings and lists inside each other, aliases followed. Who walks values may recurse.
  package var depth = 100
  /// Values of a document with its aliases written out, at least...
  package var expandedValues = 100_000
  /// ... and for each value that is in the source.
  package var expansionFactor = 20
  /// Members that merge keys (`<<`) of a file may copy, at least; one for 4 bytes if that is more.
  package var mergedMembers = 100_000
  /// Duplicate keys that are reported for a file.
  package var duplicateReports = 100

  package init() {}
}

/// A place in a file, counted as in `SourceLocation`.
struct Place: Equatable {
  var line: UInt32
  var column: UInt32
}

/// Why a file cannot be read; the first such ends its reading.
struct ManifestError: Error {
  let code: DiagnosticCode
  let message: String
  let place: Place
  var hint: String?
}
