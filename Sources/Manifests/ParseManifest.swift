import Diagnostics

/// Reads every document of a file; empty documents are left out. What is wrong goes to
/// `diagnostics` with its place, and then there are no documents.
///
/// A `.json` file is JSON, a `.yaml` or `.yml` file is YAML, and anything else is JSON if it starts
/// with `{` or `[`. JSON values may follow each other, as those that tools print.
package func parseManifest(
  _ file: ManifestFile, _ diagnostics: inout Diagnostics
) -> [ManifestValue] {
  parseManifest(file, limits: ManifestLimits(), &diagnostics)
}

/// As above, with limits of the caller's.
package func parseManifest(
  _ file: ManifestFile, limits: ManifestLimits, _ diagnostics: inout Diagnostics
) -> [ManifestValue] {
  parse(file, as: format(of: file), limits, &diagnostics)
}

/// Reads bytes that must be JSON, whatever the file's name and start: what a server answered.
package func parseJSON(
  _ file: ManifestFile, _ diagnostics: inout Diagnostics
) -> [ManifestValue] {
  parse(file, as: .json, ManifestLimits(), &diagnostics)
}

private func parse(
  _ file: ManifestFile, as format: ManifestFormat, _ limits: ManifestLimits,
  _ diagnostics: inout Diagnostics
) -> [ManifestValue] {
  let (builder, failure) = file.bytes.withUnsafeBufferPointer { text in
    switch format {
    case .json: readJSON(text, limits)
    case .yaml: readYAML(text, limits)
    }
  }
  func location(_ place: Place) -> SourceLocation {
    SourceLocation(file: file.path, line: Int(place.line), column: Int(place.column))
  }
  let tree = ManifestTree(
    path: file.path, nodes: builder.nodes, source: format == .json ? file.bytes : [],
    decoded: builder.decoded)
  for duplicate in builder.duplicates {
    let first = tree.nodes[Int(duplicate.first)].place
    let second = tree.nodes[Int(duplicate.second)]
    let key = shown(tree.string(tree.nodes[Int(tree.target(duplicate.second))]))
    diagnostics.error(
      .duplicateKey, "found the key \(key) twice; the first is on line \(first.line)",
      at: location(second.place))
  }
  if let failure {
    diagnostics.error(
      failure.code, failure.message, at: location(failure.place), hint: failure.hint)
  }
  guard failure == nil, builder.duplicates.isEmpty else { return [] }
  return builder.roots.map { ManifestValue(tree, $0) }
}

private func format(of file: ManifestFile) -> ManifestFormat {
  if file.path.hasSuffix(".json") { return .json }
  if file.path.hasSuffix(".yaml") || file.path.hasSuffix(".yml") { return .yaml }
  let start = file.bytes.withUnsafeBufferPointer { byteOrderMarkLength($0) }
  for byte in file.bytes[start...] {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
    default: return byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") ? .json : .yaml
    }
  }
  return .yaml
}

private typealias Reading = (builder: TreeBuilder, failure: ManifestError?)

private func readJSON(_ text: UnsafeBufferPointer<UInt8>, _ limits: ManifestLimits) -> Reading {
  var reader = JSONReader(text, limits)
  do throws(ManifestError) {
    try checkSize(text, limits.jsonBytes)
    _ = try EncodingCheck(text, .json)
    try reader.read()
    return (reader.builder, nil)
  } catch {
    return (reader.builder, error)
  }
}

private func readYAML(_ text: UnsafeBufferPointer<UInt8>, _ limits: ManifestLimits) -> Reading {
  var reader = YAMLReader(text, limits)
  do throws(ManifestError) {
    try checkSize(text, limits.yamlBytes)
    try reader.read(EncodingCheck(text, .yaml))
    return (reader.builder, nil)
  } catch {
    return (reader.builder, error)
  }
}

private func checkSize(
  _ text: UnsafeBufferPointer<UInt8>, _ limit: Int
) throws(ManifestError) {
  if text.count > limit {
    throw ManifestError(
      code: .tooLarge, message: "found \(text.count) bytes, expected at most \(limit)",
      place: Place(line: 1, column: 1), hint: "split the file")
  }
}
