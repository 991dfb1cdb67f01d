import Diagnostics
import Manifests
import NetSets

/// Settings of a program by name: lines of `KEY=VALUE`, or what a container is started with.
package struct NamedSettings {
  package struct Entry {
    package let key: String
    package let value: String
    package let location: SourceLocation
  }

  /// Where they begin.
  package let start: SourceLocation
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
    start = SourceLocation(file: file.path, line: 1, column: 1)
    var number = 0
    while let line = file.line(number + 1) {
      number += 1
      if line.isEmpty || line.hasPrefix("#") { continue }
      let location = SourceLocation(file: file.path, line: number, column: 1)
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

  /// The environment of a container and, as `--name`, the flags that its command is given.
  package init(of container: Field) {
    start = container.location
    for variable in container["env"].map({ Array($0.value.items) }) ?? [] {
      guard let name = variable["name"], let value = variable["value"] else { continue }
      entries.append(Entry(key: name.text, value: value.text, location: value.location))
    }
    for words in [container["command"], container["args"]] {
      addFlags(words.map { Array($0.value.items) } ?? [])
    }
  }

  /// As Go's package `flag` takes them: with one dash or two, and the value behind `=` or as the next
  /// word; a flag alone is true.
  private mutating func addFlags(_ words: [ManifestValue]) {
    for (index, word) in words.enumerated() where word.text.hasPrefix("-") {
      let parts = word.text.drop { $0 == "-" }.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first, !name.isEmpty else { continue }
      let next = words.dropFirst(index + 1).first.map(\.text).flatMap {
        $0.hasPrefix("-") ? nil : $0
      }
      let value = parts.count > 1 ? String(parts[1]) : next ?? "true"
      entries.append(Entry(key: "--\(name)", value: value, location: word.location))
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
  package func prefixes(_ key: String, _ diagnostics: inout Diagnostics) -> [NamedPrefix] {
    guard let entry = self[key] else { return [] }
    return entry.value.split(separator: ",").compactMap { part in
      let text = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      if let written = WrittenPrefix(text) {
        return NamedPrefix(written.prefix, name: key, location: entry.location)
      }
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
