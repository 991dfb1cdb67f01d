import Host
import Iptables
import Nftables

/// The rules that were applied, numbered, as files that could be loaded by hand as well:
/// `gen-N.nft` by nft, and `gen-N.iptables-nft.sh` or `gen-N.iptables-legacy.sh` by a shell, each with
/// that variant. Their last line says that they are complete. The last ten are kept. Each is in place before the kernel gets it, so that there is always a file
/// for what the kernel holds.
package struct Generations {
  package let directory: String
  private static let kept = 10

  /// Makes the directory, and those above it, unless they are there.
  package init(directory: String) throws(SystemFailure) {
    self.directory = directory
    try makeDirectories(directory)
  }

  /// Of a network namespace: the one that this process is in has the state directory to itself,
  /// whichever way it is named.
  package init(of namespace: NetworkNamespace, below stateDirectory: String) throws {
    let isOwn = try namespace.inode == NetworkNamespace.own().inode
    try self.init(
      directory: isOwn ? stateDirectory : "\(stateDirectory)/netns-\(try namespace.inode)")
  }

  /// The numbers of those kept, ascending.
  package var numbers: [Int] {
    get throws(SystemFailure) { try files.keys.sorted() }
  }

  /// Those kept, by their numbers.
  private var files: [Int: Firewall] {
    get throws(SystemFailure) {
      var files: [Int: Firewall] = [:]
      for name in try names(in: directory) where name.hasPrefix("gen-") {
        let parts = name.dropFirst(4).split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let number = Int(parts[0]),
          let firewall = Firewall.all.first(where: { $0.fileExtension == parts[1] })
        else { continue }
        files[number] = firewall
      }
      return files
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

  /// The firewall of a generation; nil for one that is not kept, and for 0.
  package func firewall(of number: Int) throws(SystemFailure) -> Firewall? { try files[number] }

  /// - Parameter number: one of `numbers`, or 0 for no rules at all.
  /// - Returns: nil for 0.
  package func rules(_ number: Int) throws -> NodeRules? {
    if number == 0 { return nil }
    let firewall = try files[number] ?? .nftables
    let text = String(decoding: try readFile(path(number, firewall)), as: UTF8.self)
    guard text.hasSuffix(Self.end) else { throw CutShort(path: path(number, firewall)) }
    switch firewall {
    case .nftables: return .nftables(try Ruleset(parsing: text))
    case .iptables(let variant):
      return .iptables(try PacketFilter(parsingScript: text), variant)
    }
  }

  /// A file that lacks its end says less than what was in force.
  package struct CutShort: Error, CustomStringConvertible {
    let path: String
    package var description: String { "\(path) is cut short" }
  }

  private static let end = "# complete\n"

  /// Keeps rules under the next number.
  package func add(_ rules: NodeRules) throws(SystemFailure) -> Int {
    let known = try numbers
    let next = max(known.last ?? 0, try current ?? 0) + 1
    try writeFile(path(next, rules.firewall), rules.text + Self.end, isDurable: true)
    let current = try self.current
    for old in known.dropLast(Self.kept - 1) where old != current { try discard(old) }
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
  package func discard(_ number: Int) throws(SystemFailure) {
    if let firewall = try files[number] { try removeFile(path(number, firewall)) }
  }

  private func path(_ number: Int, _ firewall: Firewall) -> String {
    "\(directory)/gen-\(number).\(firewall.fileExtension)"
  }

  /// What the kernel holds, and what it held before, latest first.
  private var history: [Int] {
    get throws(SystemFailure) { try numbers(in: "current") }
  }

  private func setHistory(_ numbers: some Collection<Int>) throws(SystemFailure) {
    let lines = numbers.prefix(Self.kept).map { "\($0)\n" }
    try writeFile("\(directory)/current", lines.joined(), isDurable: true)
  }

  private func numbers(in name: String) throws(SystemFailure) -> [Int] {
    guard try names(in: directory).contains(name) else { return [] }
    let text = String(decoding: try readFile("\(directory)/\(name)"), as: UTF8.self)
    return text.split(separator: "\n").compactMap { Int($0) }
  }
}

extension Firewall {
  fileprivate var fileExtension: String {
    switch self {
    case .nftables: "nft"
    case .iptables(let variant): "iptables-\(variant.rawValue).sh"
    }
  }
}

extension NodeRules {
  /// As a file that can be loaded.
  fileprivate var text: String {
    switch self {
    case .nftables(let ruleset): ruleset.text
    case .iptables(let filter, _): filter.script
    }
  }
}
