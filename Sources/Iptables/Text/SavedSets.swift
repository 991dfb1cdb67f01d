import NetSets

/// The sets that are ours in what `ipset save` prints, or in what `ipset restore` reads.
package struct SavedSets: Hashable, Sendable {
  /// In the order of the text.
  package private(set) var sets: [IPSet] = []
  /// What a run that was ended left: sets that were to take the place of others.
  package private(set) var unfinished: [String] = []
}

extension PacketFilter {
  /// The table whose rules name a set that is called so, such as `npc-p4-…`; nil for no name that we
  /// give. What else begins so is somebody else's.
  package static func table(ofSet name: some StringProtocol) -> TableName? {
    guard name.hasPrefix(setPrefix) else { return nil }
    let rest = Array(name.utf8.dropFirst(setPrefix.utf8.count).prefix(3))
    guard rest.count == 3, "46".utf8.contains(rest[1]), rest[2] == UInt8(ascii: "-") else {
      return nil
    }
    if rest[0] == UInt8(ascii: "m") { return .nat }
    return "bnp".utf8.contains(rest[0]) ? .filter : nil
  }
}

extension SavedSets {
  package init(parsing text: String) throws(FilterSyntaxError) {
    var reader = SavedSetsReader()
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      do throws(Unreadable) {
        try reader.read(line)
      } catch {
        throw FilterSyntaxError(line: index + 1, message: error.message)
      }
    }
    sets = reader.sets.map(\.set)
    unfinished = reader.unfinished
  }
}

private struct SavedSetsReader {
  var sets: [OpenSet] = []
  var unfinished: [String] = []
  private var indexes: [Substring: Int] = [:]
  private var comments: [Substring: Substring] = [:]

  mutating func read(_ line: Substring) throws(Unreadable) {
    if line.hasPrefix("# ") { return remember(line.dropFirst(2)) }
    let words = line.split(separator: " ")
    guard let command = words.first, !line.hasPrefix("#") else { return }
    guard words.count > 1, ["create", "add"].contains(command) else {
      throw Unreadable(message: "neither a set nor an element: \(line.prefix(80))")
    }
    let name = words[1]
    // Others' sets are none of our business, whatever is in them.
    guard PacketFilter.table(ofSet: name) != nil else { return }
    let isUnfinished = name.hasSuffix(IPSet.unfinished)
    if command == "create" {
      if isUnfinished { return unfinished.append(String(name)) }
      guard indexes[name] == nil else { throw Unreadable(message: "\(name) is there twice") }
      indexes[name] = sets.count
      let comment = comments[name] ?? ""
      sets.append(try OpenSet(String(name), comment: String(comment), type: words.dropFirst(2)))
    } else if !isUnfinished {
      guard let index = indexes[name] else { throw Unreadable(message: "\(name) is not there") }
      guard words.count == 3 else {
        throw Unreadable(message: "an element with what we never give it: \(line.prefix(80))")
      }
      try sets[index].add(words[2])
    }
  }

  /// `npc-p4-…: what it stands for`
  private mutating func remember(_ comment: Substring) {
    guard let colon = comment.firstIndex(of: ":") else { return }
    let text = comment[comment.index(after: colon)...]
    comments[comment[..<colon]] = text.hasPrefix(" ") ? text.dropFirst() : text
  }
}

/// A set while its elements are read.
private struct OpenSet {
  private let name: String
  private let comment: String
  private let family: IPFamily
  private var content: IPSet.Content

  /// - Parameter type: `hash:ip family inet hashsize 64 maxelem 16777216`, and what the kernel adds.
  init(
    _ name: String, comment: String, type: ArraySlice<Substring>
  ) throws(Unreadable) {
    self.name = name
    self.comment = comment
    func option(_ option: String) -> Substring? {
      guard let index = type.firstIndex(of: Substring(option)), index + 1 < type.endIndex else {
        return nil
      }
      return type[index + 1]
    }
    // `hashsize` and what follows from it are memory. What else there may be changes the meaning.
    let known: Set<Substring> = ["family", "hashsize", "maxelem", "bucketsize", "initval"]
    let options = type.dropFirst().enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    let family = IPFamily.allCases.first { option("family") == Substring($0.ipsetName) }
    guard let family, option("maxelem") == "\(IPSet.mostElements)", known.isSuperset(of: options)
    else { throw Unreadable(message: "\(name) is not made as we make sets") }
    self.family = family
    switch type.first {
    case "hash:ip": content = .addresses([])
    case "hash:ip,port": content = .endpoints([])
    case "hash:net": content = .prefixes([])
    default: throw Unreadable(message: "\(name) is of a type that we never use")
    }
  }

  mutating func add(_ text: Substring) throws(Unreadable) {
    switch content {
    case .addresses(var addresses):
      content = .addresses([])
      addresses.append(try address(text))
      content = .addresses(addresses)
    case .prefixes(var prefixes):
      content = .prefixes([])
      prefixes.append(try prefix(text))
      content = .prefixes(prefixes)
    case .endpoints(var keys):
      content = .endpoints([])
      keys.append(try endpoint(text))
      content = .endpoints(keys)
    }
  }

  private func address(_ text: Substring) throws(Unreadable) -> IPAddress {
    guard let address = IPAddress(String(text)), address.family == family else {
      throw Unreadable(message: "\(text) is no address of \(family.words)")
    }
    return address
  }

  private func prefix(_ text: Substring) throws(Unreadable) -> IPPrefix {
    guard text.contains("/") else { return IPPrefix(try address(text), length: family.width) }
    guard let written = WrittenPrefix(text), written.prefix.family == family,
      written.quirks.isEmpty
    else { throw Unreadable(message: "\(text) is no prefix of \(family.words)") }
    return written.prefix
  }

  /// `10.0.0.1,tcp:80`
  private func endpoint(_ text: Substring) throws(Unreadable) -> IPSet.EndpointKey {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let service = parts.last?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    let transport = Transport.allCases.first { Substring($0.word) == service.first }
    guard parts.count == 2, service.count == 2, let transport, let port = UInt16(service[1]) else {
      throw Unreadable(message: "\(text) is no address with a port")
    }
    return IPSet.EndpointKey(address: try address(parts[0]), transport: transport, port: port)
  }

  var set: IPSet { IPSet(name: name, family: family, comment: comment, content: content) }
}
