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
      case "-o": matches.append(.outInterface(try words.value(of: word), negated: false))
      case "!" where words.take("-o"):
        matches.append(.outInterface(try words.value(of: "-o"), negated: true))
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
    try prefix(option, words.value(of: option))
  }

  private func prefix(_ option: String, _ text: String) throws(Unreadable) -> IPPrefix {
    guard let written = WrittenPrefix(text), written.prefix.family == family,
      written.quirks.isEmpty
    else { throw Unreadable(message: "\(option) \(text) is no prefix of \(family.words)") }
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
      let negated = words.take("!")
      let set = try words.value(ofNext: "--match-set")
      switch try words.value(of: "--match-set") {
      case "src": matches.append(.addressIn(.source, set: set, negated: negated))
      case "dst": matches.append(.addressIn(.destination, set: set, negated: negated))
      case "dst,dst" where !negated: matches.append(.destinationIn(set: set))
      default: throw Unreadable(message: "other fields of a set than ours")
      }
    case "addrtype": matches.append(try localAddress())
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

  /// What follows `-m addrtype`.
  private mutating func localAddress() throws(Unreadable) -> Match {
    let negated = words.take("!")
    let field: AddressField
    if words.take("--src-type", "LOCAL") {
      field = .source
    } else if words.take("--dst-type", "LOCAL") {
      field = .destination
    } else {
      throw Unreadable(message: "-m addrtype asks for another type than LOCAL")
    }
    guard words.take("--limit-iface-out") else { return .local(field, negated: negated) }
    guard field == .source, negated else {
      throw Unreadable(message: "--limit-iface-out is never part of such a rule of ours")
    }
    return .sourceNotOnOutInterface
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
    default: return .translate(try translation(name))
    }
  }

  private mutating func translation(_ target: String) throws(Unreadable) -> SourceTranslation {
    switch target {
    case "MASQUERADE":
      let range = try words.take("--to-ports") ? sourcePorts(words.value(of: "--to-ports")) : nil
      return .masquerade(SourcePorts(range, takeChoice()))
    case "SNAT":
      let text = try words.value(ofNext: "--to-source")
      let (address, ports) = splitSource(text)
      guard let address = IPAddress(address), address.family == family else {
        throw Unreadable(message: "--to-source \(text)")
      }
      let range = try ports.map { ports throws(Unreadable) in try sourcePorts(String(ports)) }
      return .address(address, SourcePorts(range, takeChoice()))
    case "NETMAP": return .prefix(try prefix("--to", words.value(ofNext: "--to")))
    default: throw Unreadable(message: "-j \(target) is never part of a rule of ours")
    }
  }

  /// `192.0.2.1:1-2` or `[2001:db8::1]:1-2`, where there are ports.
  private func splitSource(_ text: String) -> (address: Substring, ports: Substring?) {
    if text.hasPrefix("["), let end = text.firstRange(of: "]:") {
      return (text[..<end.lowerBound].dropFirst(), text[end.upperBound...])
    }
    guard family == .ipv4, let colon = text.firstIndex(of: ":") else { return (text[...], nil) }
    return (text[..<colon], text[text.index(after: colon)...])
  }

  /// `1-2`, or a port alone.
  private func sourcePorts(_ text: String) throws(Unreadable) -> ClosedRange<UInt16> {
    try range(text.replacing("-", with: ":"))
  }

  private mutating func takeChoice() -> SourcePorts.Choice {
    let choice = SourcePorts.Choice.allCases.first { $0.rawValue == words.next } ?? .kept
    if choice != .kept { _ = words.take() }
    return choice
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
