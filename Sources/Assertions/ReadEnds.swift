import Diagnostics
import Kubernetes
import Manifests
import NetSets

/// One end or a list of them; nil when that cannot be read.
/// - Parameter mayBeNone: whether an empty list says something: nobody.
func ends(
  _ parent: Field, _ name: StaticString, mayBeNone: Bool, _ diagnostics: inout Diagnostics
) -> [WrittenEnd]? {
  guard let field = parent[name] else {
    parent.error(
      .missingField, "\(name) is missing", hint: mayBeNone ? "write [] for nobody" : nil,
      &diagnostics)
    return nil
  }
  guard field.value.kind == .sequence else { return end(field, &diagnostics).map { [$0] } }
  guard let items = field.items(&diagnostics) else { return nil }
  if items.isEmpty, !mayBeNone {
    field.error(.invalidValue, "an empty list names nobody", &diagnostics)
    return nil
  }
  let ends = items.compactMap { end($0, &diagnostics) }
  return ends.count == items.count ? ends : nil
}

private func end(_ field: Field, _ diagnostics: inout Diagnostics) -> WrittenEnd? {
  guard let text = field.string(&diagnostics) else { return nil }
  guard let pattern = WrittenEnd.Pattern(text) else {
    field.error(
      .invalidValue,
      "\(quoted(text)) is no end: write namespace/name, namespace/*, */name, *, an address, a CIDR "
        + "or internet", &diagnostics)
    return nil
  }
  return WrittenEnd(text: text, location: field.location, pattern: pattern)
}

extension WrittenEnd.Pattern {
  fileprivate init?(_ text: String) {
    if text == "internet" {
      self = .internet
      return
    }
    if text == "*" {
      self = .workloads(namespace: nil, name: nil)
      return
    }
    if let address = IPAddress(text) {
      self = .addresses(IPPrefix(address, length: address.family.width))
      return
    }
    if let written = WrittenPrefix(text) {
      // Other spellings are read differently by different programs.
      guard written.quirks.isEmpty else { return nil }
      self = .addresses(written.prefix)
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ $0 == "*" || $0.isPlainName }) else { return nil }
    self = .workloads(
      namespace: parts[0] == "*" ? nil : parts[0], name: parts[1] == "*" ? nil : parts[1])
  }
}

extension String {
  /// What a name of Kubernetes can be made of. A star inside of one would silently match nothing.
  fileprivate var isPlainName: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
