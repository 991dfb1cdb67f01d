import Diagnostics
import PolicyModel

/// The names of generated objects. Every name holds a `-` or a `/`, so that none is an nft
/// keyword, and at most 255 bytes (`NFT_NAME_MAXLEN` less its NUL).
package struct Names: Sendable {
  /// What each hashed name stands for, so that no two things share one.
  private var identities: [String: String] = [:]
  /// Names that something else would have had.
  private var contested: Set<String> = []

  package init() {}

  static let table = "netpolc"
  static let longest = 255

  /// `prefix` and twelve hexadecimal digits that stand for `identity`; more digits when those are
  /// taken by another. Stable as long as the things that share the digits are.
  mutating func hashed(_ prefix: String, _ identity: String) -> String {
    var salted = identity
    while true {
      let name = prefix + Names.digest(salted)
      let holder = identities[name, default: identity]
      if holder == identity {
        identities[name] = identity
        return name
      }
      contested.insert(name)
      salted += "'"
    }
  }

  /// How many names are remembered.
  package var count: Int { identities.count }

  /// Forgets what all but some names stand for. Those that are contested stay, or whoever got another
  /// for it would be given it now.
  package mutating func keep(_ used: Set<String>) {
    identities = identities.filter { used.contains($0.key) || contested.contains($0.key) }
  }

  /// A group's chain, named for its policies.
  package mutating func group(_ direction: Direction, _ identity: String) -> String {
    hashed(direction == .ingress ? "gi-" : "ge-", identity)
  }

  static func groupOfIsolatedOtherwise(_ group: String) -> String { "\(group)/new" }

  static func isWayOfIsolatedOtherwise(_ chain: String) -> Bool { chain.hasSuffix("/new") }

  /// `pi/shop/web`, `pe/shop/web`: the rules of one policy in one direction. Too long a name keeps its
  /// start and ends in its digest.
  static func policy(_ policy: GraphPolicy, _ direction: Direction) -> String {
    shortened("\(direction == .ingress ? "pi" : "pe")/\(policy.reference.qualifiedName)")
  }

  /// `ai/shop/web`: what one policy on trial would deny. No other name begins so.
  static func audit(_ policy: GraphPolicy, _ direction: Direction) -> String {
    shortened("\(auditPrefix(direction))\(policy.reference.qualifiedName)")
  }

  static func auditPrefix(_ direction: Direction) -> String {
    direction == .ingress ? "ai/" : "ae/"
  }

  private static func shortened(_ name: String) -> String {
    // Room for the `/r123456` of sub-chains.
    let room = longest - 8
    if name.utf8.count <= room { return name }
    return "\(String(decoding: name.utf8.prefix(room - 13), as: UTF8.self))-\(digest(name))"
  }

  /// 48 bits of FNV-1a, finished with a mixer so that short inputs spread over all digits.
  static func digest(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 33
    let digits = String(hash >> 16, radix: 16)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }
}
