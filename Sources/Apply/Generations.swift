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
    get throws(SystemFailure) { try history.first }
  }

  /// What the kernel held before `current`, which is not always the number below: what was rolled
  /// back, or never got to the kernel, has a number too. Nil when that is not known.
  package var previous: Int? {
    get throws(SystemFailure) { try history.dropFirst().first }
  }

  /// The generation that waits for its confirmation.
  package var pending: Int? {
    get throws(SystemFailure) { try numbers(in: "pending").first }
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
    try removeUnfinished()
    return next
  }

  /// Removes what writers that were killed had not put in place. Whoever adds holds the lock, so
  /// nobody is writing now.
  private func removeUnfinished() throws(SystemFailure) {
    for name in try names(in: directory) where name.contains(".tmp.") {
      guard ["gen-", "current", "pending"].contains(where: name.hasPrefix) else { continue }
      try removeFile("\(directory)/\(name)")
    }
  }

  /// Notes that the kernel went on from one generation to another.
  package func advance(from: Int, to number: Int) throws(SystemFailure) {
    try setHistory([number, from] + history.drop { $0 == from })
  }

  /// Notes that the kernel went back: what came after that generation is no way back any more.
  package func goBack(to number: Int) throws(SystemFailure) {
    let history = try self.history
    guard let index = history.firstIndex(of: number) else {
      return try setHistory([number] + history)
    }
    try setHistory(history[index...])
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

  /// What the kernel holds, and what it held before, latest first.
  private var history: [Int] {
    get throws(SystemFailure) { try numbers(in: "current") }
  }

  private func setHistory(_ numbers: some Collection<Int>) throws(SystemFailure) {
    let lines = numbers.prefix(Self.kept).map { "\($0)\n" }
    try writeFile("\(directory)/current", lines.joined())
  }

  private func numbers(in name: String) throws(SystemFailure) -> [Int] {
    guard try names(in: directory).contains(name) else { return [] }
    let text = String(decoding: try readFile("\(directory)/\(name)"), as: UTF8.self)
    return text.split(separator: "\n").compactMap { Int($0) }
  }
}
