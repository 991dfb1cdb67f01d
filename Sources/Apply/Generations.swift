import Host
import Nftables

/// The rulesets that were applied, numbered, as files `gen-N.nft` that nft could load as well. The
/// last ten are kept. Each is in place before the kernel gets it, so that there is always a file
/// for what the kernel holds.
package struct Generations {
  package let directory: String
  private static let kept = 10

  /// Makes the directory, and those above it, unless they are there.
  package init(directory: String) throws(SystemFailure) {
    self.directory = directory
    try makeDirectories(directory)
  }

  /// The numbers of those kept, ascending.
  package var numbers: [Int] {
    get throws(SystemFailure) {
      try names(in: directory).compactMap { name in
        guard name.hasPrefix("gen-"), name.hasSuffix(".nft") else { return nil }
        return Int(name.dropFirst(4).dropLast(4))
      }.sorted()
    }
  }

  /// The generation that the kernel was last given; nil before the first.
  package var current: Int? {
    get throws(SystemFailure) { try number(in: "current") }
  }

  /// The generation that waits for its confirmation.
  package var pending: Int? {
    get throws(SystemFailure) { try number(in: "pending") }
  }

  /// - Parameter number: one of `numbers`, or 0 for no ruleset at all.
  package func ruleset(_ number: Int) throws -> Ruleset {
    if number == 0 { return Ruleset(tables: []) }
    let bytes = try readFile(path(number))
    return try Ruleset(parsing: String(decoding: bytes, as: UTF8.self))
  }

  /// Keeps a ruleset under the next number.
  package func add(_ ruleset: Ruleset) throws(SystemFailure) -> Int {
    let known = try numbers
    let next = max(known.last ?? 0, try current ?? 0) + 1
    try writeFile(path(next), ruleset.text)
    let current = try self.current
    for old in known.dropLast(Self.kept - 1) where old != current { try removeFile(path(old)) }
    return next
  }

  package func setCurrent(_ number: Int) throws(SystemFailure) {
    try writeFile("\(directory)/current", "\(number)\n")
  }

  package func setPending(_ number: Int?) throws(SystemFailure) {
    if let number {
      try writeFile("\(directory)/pending", "\(number)\n")
    } else {
      try removeFile("\(directory)/pending")
    }
  }

  /// Forgets a generation that the kernel never got.
  package func discard(_ number: Int) throws(SystemFailure) { try removeFile(path(number)) }

  private func path(_ number: Int) -> String { "\(directory)/gen-\(number).nft" }

  private func number(in name: String) throws(SystemFailure) -> Int? {
    guard try names(in: directory).contains(name) else { return nil }
    let text = String(decoding: try readFile("\(directory)/\(name)"), as: UTF8.self)
    return Int(text.prefix { $0 != "\n" })
  }
}
