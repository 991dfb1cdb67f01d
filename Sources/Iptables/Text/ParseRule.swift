import NetSets

extension Rule {
  /// Reads what `text(_:)` prints and iptables-save lists, and nothing that we never write.
  init(parsing text: String, _ family: IPFamily) throws(Unreadable) {
    var reader = RuleReader(family: family, words: try RuleWords(text))
    self = try reader.rule()
  }
}

private struct RuleReader {
  let family: IPFamily
  var words: RuleWords
  private var matches: [Match] = []
  private var comment: String?
  /// Of `-p`, until a match says more about it.
  private var transport: Transport?
  private var isICMPv6 = false

  init(family: IPFamily, words: RuleWords) {
    self.family = family
    self.words = words
  }

  mutating func rule() throws(Unreadable) -> Rule {
    while let word = words.take() {
      switch word {
      case "-s": matches.append(.address(.source, try prefix(word)))
      case "-d": matches.append(.address(.destination, try prefix(word)))
      case "-p": try readProtocol()
      case "-m": try readMatch(words.value(of: word))
      case "-j", "-g":
        let target = try target(isGoto: word == "-g")
        if let extra = words.next { throw Unreadable(message: "\(extra) after the target") }
        if let transport { matches.append(.transport(transport)) }
        guard !isICMPv6 else { throw Unreadable(message: "all of ICMPv6") }
        return Rule(matches, target, comment: comment)
      default: throw Unreadable(message: "\(word) is never part of a rule of ours")
      }
    }
    throw Unreadable(message: "a rule without a target")
  }

  private mutating func prefix(_ option: String) throws(Unreadable) -> IPPrefix {
    let text = try words.value(of: option)
    guard let written = WrittenPrefix(text), written.prefix.family == family,
      written.quirks.isEmpty
    else { throw Unreadable(message: "\(text) is no prefix of \(family.words)") }
    return written.prefix
  }

  private mutating func readProtocol() throws(Unreadable) {
    let word = try words.value(of: "-p")
    // Numbers where nothing gives them names (/etc/protocols).
    if let known = Transport.allCases.first(where: { $0.word == word || "\($0.rawValue)" == word })
    {
      transport = known
    } else if word == "ipv6-icmp" || word == "icmpv6" || word == "58" {
      isICMPv6 = true
    } else {
      throw Unreadable(message: "-p \(word) is never part of a rule of ours")
    }
  }

  private mutating func readMatch(_ name: String) throws(Unreadable) {
    switch name {
    case "conntrack":
      let names = try words.value(ofNext: "--ctstate")
      let states = names.split(separator: ",").map { ConnectionState(rawValue: String($0)) }
      guard !states.contains(nil) else { throw Unreadable(message: "--ctstate \(names)") }
      matches.append(.connectionState(Set(states.compactMap(\.self))))
    case "tcp" where words.take("!", "--tcp-flags", "FIN,SYN,RST,ACK", "SYN"):
      guard try takeTransport(name) == .tcp else { throw Unreadable(message: "flags of no TCP") }
      matches.append(.notStartOfTCP)
    case "tcp", "udp":
      let transport = try takeTransport(name)
      guard transport.word == name else { throw Unreadable(message: "-m \(name) of another -p") }
      matches.append(.ports(transport, [try range(words.value(ofNext: "--dport"))]))
    case "multiport":
      let transport = try takeTransport(name)
      let list = try words.value(ofNext: "--dports")
      var ranges: [ClosedRange<UInt16>] = []
      for part in list.split(separator: ",", omittingEmptySubsequences: false) {
        ranges.append(try range(String(part)))
      }
      matches.append(.ports(transport, ranges))
    case "set":
      let set = try words.value(ofNext: "--match-set")
      switch try words.value(of: "--match-set") {
      case "src": matches.append(.addressIn(.source, set: set))
      case "dst": matches.append(.addressIn(.destination, set: set))
      case "dst,dst": matches.append(.destinationIn(set: set))
      default: throw Unreadable(message: "other fields of a set than ours")
      }
    case "icmp6":
      let type = try words.value(ofNext: "--icmpv6-type")
      guard isICMPv6, let number = UInt8(type) else {
        throw Unreadable(message: "--icmpv6-type \(type)")
      }
      isICMPv6 = false
      matches.append(.icmpv6Type(number))
    case "limit":
      let rate = try words.value(ofNext: "--limit")
      let burst = try words.value(ofNext: "--limit-burst")
      guard rate.hasSuffix("/sec"), let perSecond = Int(rate.dropLast(4)), let most = Int(burst)
      else { throw Unreadable(message: "--limit \(rate) --limit-burst \(burst)") }
      matches.append(.limit(perSecond: perSecond, burst: most))
    case "comment": comment = try words.value(ofNext: "--comment")
    default: throw Unreadable(message: "-m \(name) is never part of a rule of ours")
    }
  }

  /// That of `-p`, which a match refines.
  private mutating func takeTransport(_ match: String) throws(Unreadable) -> Transport {
    guard let transport else { throw Unreadable(message: "-m \(match) without its -p") }
    self.transport = nil
    return transport
  }

  private func range(_ text: String) throws(Unreadable) -> ClosedRange<UInt16> {
    let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt16($0) }
    if ends.count == 1, let port = ends[0] { return port...port }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low <= high else {
      throw Unreadable(message: "\(text) is no range of ports")
    }
    return low...high
  }

  private mutating func target(isGoto: Bool) throws(Unreadable) -> Target {
    let name = try words.value(of: isGoto ? "-g" : "-j")
    if name.hasPrefix(PacketFilter.chainPrefix) { return isGoto ? .goto(name) : .jump(name) }
    if isGoto { throw Unreadable(message: "-g \(name) leads to no chain of ours") }
    switch name {
    case "RETURN": return .return
    case "DROP": return .drop
    case "REJECT":
      let answer = try words.value(ofNext: "--reject-with")
      if answer == "tcp-reset" { return .rejectTCP }
      guard answer == family.prohibited else {
        throw Unreadable(message: "--reject-with \(answer)")
      }
      return .rejectProhibited
    case "NFLOG":
      let prefix = try words.value(ofNext: "--nflog-prefix")
      let group = try words.value(ofNext: "--nflog-group")
      guard let number = Int(group) else { throw Unreadable(message: "--nflog-group \(group)") }
      return .log(prefix: prefix, group: number)
    default: throw Unreadable(message: "-j \(name) is never part of a rule of ours")
    }
  }
}

extension IPFamily {
  /// The answer "communication administratively prohibited", as iptables names it.
  var prohibited: String {
    switch self {
    case .ipv4: "icmp-admin-prohibited"
    case .ipv6: "icmp6-adm-prohibited"
    }
  }

  var words: String {
    switch self {
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    }
  }
}
