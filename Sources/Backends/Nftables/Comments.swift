import Diagnostics
import PolicyModel

/// The part of a policy that a rule's comment names: `ingress[0].from[0] ports[1]`.
package func policyPart(ofComment comment: String) -> String {
  let words = comment.split(separator: " ", maxSplits: 3)
  let hasPorts = words.count > 3 && words[2].hasPrefix("ports[")
  return words.dropFirst().prefix(hasPorts ? 2 : 1).joined(separator: " ")
}

/// Comments that name the source. The kernel keeps 128 bytes; what does not fit is shortened from
/// the left, since the end of a path says most.
enum Comments {
  static let longest = 128

  /// `shop/web ingress[0].from[0] ports[1] policies/web.yaml:12`
  static func rule(_ provenance: Provenance, port: RulePort?) -> String {
    let item = port.map { " \(lastStep($0.provenance.path))" } ?? ""
    return fitted(
      provenance.policy.qualifiedName, " \(provenance.path)\(item) ",
      provenance.location.fileAndLine)
  }

  /// The same for several ports at once: `ports[0,2]`.
  static func rule(_ provenance: Provenance, ports: [RulePort]) -> String {
    guard ports.count > 1, let first = ports.first else {
      return rule(provenance, port: ports.first)
    }
    let indexes = ports.compactMap { port -> String? in
      guard case .item(let index, _) = port.provenance.path else { return nil }
      return "\(index)"
    }
    let list = lastStep(first.provenance.path).prefix { $0 != "[" }
    return fitted(
      provenance.policy.qualifiedName,
      " \(provenance.path) \(list)[\(indexes.joined(separator: ","))] ",
      provenance.location.fileAndLine)
  }

  /// `isolated by shop/default-deny policies/default-deny.yaml:7`, with the number of others.
  static func isolation(by policies: [GraphPolicy], _ direction: Direction) -> String? {
    naming("isolated by", policies, direction)
  }

  /// `would be denied by shop/db policies/db.yaml:7`, likewise.
  static func audit(by policies: [GraphPolicy], _ direction: Direction) -> String? {
    naming("would be denied by", policies, direction)
  }

  /// A policy that only isolates is named first: that is what it is for.
  private static func naming(
    _ words: String, _ policies: [GraphPolicy], _ direction: Direction
  ) -> String? {
    let isolating = policies.first { $0.edges(direction)?.isEmpty ?? false }
    guard let named = isolating ?? policies.first else { return nil }
    let others = policies.count > 1 ? "(+\(policies.count - 1)) " : ""
    return fitted(
      "\(words) \(named.reference.qualifiedName)", " \(others)", named.location.fileAndLine)
  }

  /// Text that belongs to an object's identity, such as a selector.
  static func identity(_ text: String) -> String {
    let clean = cleaned(text)
    if clean.utf8.count <= longest { return clean }
    return prefix(clean, longest - 3) + "..."
  }

  /// `ports[1]` of `ingress[0].ports[1]`.
  private static func lastStep(_ path: FieldPath) -> String {
    guard case .item(let index, .member(let list, _)) = path else { return path.description }
    return "\(list)[\(index)]"
  }

  private static func fitted(_ name: String, _ middle: String, _ place: String) -> String {
    let place = cleaned(place)
    let excess = name.utf8.count + middle.utf8.count + place.utf8.count - longest
    if excess <= 0 { return name + middle + place }
    // Half of the room to each, but no more than it needs.
    let room = longest - middle.utf8.count
    let placeRoom = max(room / 2, room - name.utf8.count)
    let shortPlace =
      place.utf8.count <= placeRoom ? place : "..." + suffix(place, placeRoom - 3)
    let nameRoom = room - shortPlace.utf8.count
    let shortName = name.utf8.count <= nameRoom ? name : prefix(name, nameRoom - 3) + "..."
    return shortName + middle + shortPlace
  }

  /// Without what nft's quoted strings cannot hold: quotes, backslashes, control characters.
  private static func cleaned(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar == "\"" || scalar == "\\" || scalar.properties.generalCategory == .control
            ? "_" : scalar
        }))
  }

  /// At most `count` bytes from the start, no character cut in two.
  private static func prefix(_ text: String, _ count: Int) -> String {
    var result = text.unicodeScalars.prefix(count)
    while String(result).utf8.count > count { result = result.dropLast() }
    return String(result)
  }

  private static func suffix(_ text: String, _ count: Int) -> String {
    var result = text.unicodeScalars.suffix(count)
    while String(result).utf8.count > count { result = result.dropFirst() }
    return String(result)
  }
}
