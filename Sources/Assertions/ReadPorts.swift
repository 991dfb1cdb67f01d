import Diagnostics
import Kubernetes
import Manifests
import NetSets

/// The ports of a test with the words for them: empty where none are given.
struct WrittenPorts {
  let asked: AskedTraffic
  let words: String
}

/// `port: 5432`, `ports: [53/UDP, 53/TCP]`; nil when that cannot be read.
func ports(_ parent: Field, _ diagnostics: inout Diagnostics) -> WrittenPorts? {
  if let port = parent["port"], parent["ports"] != nil {
    port.error(.invalidValue, "give port or ports, not both", &diagnostics)
    return nil
  }
  guard let field = parent["ports"] ?? parent["port"] else {
    return WrittenPorts(asked: .any, words: "")
  }
  if field.value.text == "any" { return WrittenPorts(asked: .any, words: " any") }
  let items = field.value.kind == .sequence ? field.items(&diagnostics) ?? [] : [field]
  if items.isEmpty {
    field.error(
      .invalidValue, "an empty list is no traffic", hint: "leave it out, or write any",
      &diagnostics)
    return nil
  }
  var traffic = TrafficSet.empty
  for item in items {
    guard let part = TrafficSet(item) else {
      item.error(
        .invalidValue,
        "\(item.found) is no port: write 5432, 53/UDP, 80-90/TCP, SCTP, icmp, or any alone",
        &diagnostics)
      return nil
    }
    traffic = traffic.union(part)
  }
  return WrittenPorts(
    asked: .exactly(traffic), words: " " + items.map(\.value.text).joined(separator: ", "))
}

extension TrafficSet {
  /// One item of `ports`: a number, a range or a protocol. Names stand for other numbers at every
  /// pod, so that a test with one would not say what it is about.
  fileprivate init?(_ item: Field) {
    switch item.value.kind {
    case .integer, .string: break
    case .null, .boolean, .number, .sequence, .mapping: return nil
    }
    let text = item.value.text
    self = .empty
    if text.lowercased() == "icmp" {
      others = true
      return
    }
    if let transport = Transport(kubernetesName: text) {
      self[transport] = .all
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2,
      let transport = parts.count == 1 ? .tcp : Transport(kubernetesName: parts[1].uppercased()),
      let range = TrafficSet.range(parts[0])
    else { return nil }
    self[transport] = PortSet(CollectionOfOne(range))
  }

  private static func range(_ text: Substring) -> ClosedRange<UInt16>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    // UInt16 would take a sign, and YAML reads 010 as eight.
    guard ends.count <= 2,
      ends.allSatisfy({ !$0.hasPrefix("0") && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let first = UInt16(ends[0]), first > 0, let last = UInt16(ends[ends.count - 1]), first <= last
    else { return nil }
    return first...last
  }
}
