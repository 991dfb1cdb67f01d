import Diagnostics
import Manifests
import NetSets

/// Settings as environment variables: lines of `KEY=VALUE`, or the `env` of a pod's containers.
package struct EnvironmentFile {
  package struct Entry {
    package let key: String
    package let value: String
    package let location: SourceLocation
  }

  package let path: String
  package private(set) var entries: [Entry] = []

  package static func looksLikeOne(_ file: ManifestFile) -> Bool {
    var number = 1
    while let line = file.line(number) {
      number += 1
      if line.isEmpty || line.hasPrefix("#") { continue }
      let key = line.prefix { $0 != "=" }
      return key.count < line.count && !key.isEmpty && key.utf8.allSatisfy(isKeyByte)
    }
    return false
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  package init(_ file: ManifestFile, _ diagnostics: inout Diagnostics) {
    path = file.path
    var number = 0
    while let line = file.line(number + 1) {
      number += 1
      if line.isEmpty || line.hasPrefix("#") { continue }
      let location = SourceLocation(file: path, line: number, column: 1)
      guard let sign = line.firstIndex(of: "=") else {
        diagnostics.error(
          .invalidValue, "found \(quoted(line)), expected KEY=VALUE", at: location)
        continue
      }
      entries.append(
        Entry(
          key: String(line[..<sign]), value: unquoted(line[line.index(after: sign)...]),
          location: location))
    }
  }

  /// Of every container; those that are not about translation are passed over by their keys.
  package init(containersOf workload: Field) {
    path = workload.location.file
    let pod = workload["spec"]?["template"]?["spec"]
    let containers = pod?["containers"].map { Array($0.value.items) } ?? []
    for container in containers {
      for variable in container["env"].map({ Array($0.items) }) ?? [] {
        guard let name = variable["name"], let value = variable["value"] else { continue }
        entries.append(Entry(key: name.text, value: value.text, location: value.location))
      }
    }
  }

  package subscript(_ key: String) -> Entry? { entries.last { $0.key == key } }

  /// `true` and `false` as Go's `strconv.ParseBool` reads them.
  package func boolean(_ key: String, _ diagnostics: inout Diagnostics) -> Bool? {
    guard let entry = self[key] else { return nil }
    if ["1", "t", "T", "true", "TRUE", "True"].contains(entry.value) { return true }
    if ["0", "f", "F", "false", "FALSE", "False"].contains(entry.value) { return false }
    diagnostics.error(
      .invalidValue, "\(key) is \(quoted(entry.value)), expected true or false",
      at: entry.location)
    return nil
  }

  /// CIDRs, separated by commas; none where it is not set.
  package func prefixes(_ key: String, _ diagnostics: inout Diagnostics) -> [IPPrefix] {
    guard let entry = self[key] else { return [] }
    return entry.value.split(separator: ",").compactMap { part in
      let text = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      if let written = WrittenPrefix(text) { return written.prefix }
      diagnostics.error(
        .invalidAddress, "\(key) has \(quoted(text)), which is not a CIDR", at: entry.location)
      return nil
    }
  }
}

/// Without the quotes that a shell would take away.
private func unquoted(_ text: Substring) -> String {
  for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
    return String(text.dropFirst().dropLast())
  }
  return String(text)
}
