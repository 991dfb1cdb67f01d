import NetSets

extension Rule {
  /// As iptables-restore reads it, and `iptables -S` prints it, without the chain.
  package func text(_ family: IPFamily) -> String {
    var words = matches.map(\.text)
    if let comment { words.append("-m comment --comment \(comment.quoted)") }
    words.append(target.text(family))
    return words.joined(separator: " ")
  }
}

extension Match {
  fileprivate var text: String {
    switch self {
    case .connectionState(let states):
      // In the order in which iptables prints them.
      let printed: [ConnectionState] = [.invalid, .new, .related, .established, .untracked]
      let names = printed.filter(states.contains).map(\.rawValue).joined(separator: ",")
      return "-m conntrack --ctstate \(names)"
    case .notStartOfTCP: return "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN"
    case .transport(let transport): return "-p \(transport.word)"
    case .ports(let transport, let ranges): return Match.ports(transport, ranges)
    case .address(.source, let prefix): return "-s \(prefix)"
    case .address(.destination, let prefix): return "-d \(prefix)"
    case .addressIn(let field, let set, let negated):
      return "-m set \(negated ? "! " : "")--match-set \(set) \(field == .source ? "src" : "dst")"
    case .destinationIn(let set): return "-m set --match-set \(set) dst,dst"
    case .icmpv6Type(let type): return "-p ipv6-icmp -m icmp6 --icmpv6-type \(type)"
    case .limit(let perSecond, let burst):
      return "-m limit --limit \(perSecond)/sec --limit-burst \(burst)"
    case .outInterface(let name, let negated): return "\(negated ? "! " : "")-o \(name)"
    case .local(let field, let negated):
      return "-m addrtype \(negated ? "! " : "")--\(field == .source ? "src" : "dst")-type LOCAL"
    case .sourceNotOnOutInterface: return "-m addrtype ! --src-type LOCAL --limit-iface-out"
    }
  }

  private static func ports(_ transport: Transport, _ ranges: [ClosedRange<UInt16>]) -> String {
    let list = ranges.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
    }.joined(separator: ",")
    let word = transport.word
    // One range is quicker by the protocol's own match, but that of SCTP is a module of its own
    // (CONFIG_NETFILTER_XT_MATCH_SCTP), which not every kernel has.
    return ranges.count == 1 && transport != .sctp
      ? "-p \(word) -m \(word) --dport \(list)" : "-p \(word) -m multiport --dports \(list)"
  }
}

extension Target {
  fileprivate func text(_ family: IPFamily) -> String {
    switch self {
    case .return: "-j RETURN"
    case .drop: "-j DROP"
    case .jump(let chain): "-j \(chain)"
    case .goto(let chain): "-g \(chain)"
    case .rejectTCP: "-j REJECT --reject-with tcp-reset"
    case .rejectProhibited: "-j REJECT --reject-with \(family.prohibited)"
    case .log(let prefix, let group):
      "-j NFLOG --nflog-prefix \"\(prefix)\" --nflog-group \(group)"
    case .translate(let translation): translation.text
    }
  }
}

extension String {
  /// As iptables lists it (`xtables_save_string` of its xtables.c), so that listings can be compared.
  fileprivate var quoted: String {
    let isPlain = utf8.allSatisfy { byte in
      switch UnicodeScalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
      default: false
      }
    }
    return isPlain && !isEmpty ? self : "\"\(replacing("'", with: "\\'"))\""
  }
}

extension SourceTranslation {
  fileprivate var text: String {
    switch self {
    case .masquerade(let ports):
      let range = ports.rangeText.map { " --to-ports \($0)" } ?? ""
      return "-j MASQUERADE\(range)\(ports.choice.text)"
    case .address(let address, let ports):
      let range = ports.rangeText.map { ":\($0)" } ?? ""
      let needsBrackets = address.family == .ipv6 && ports.range != nil
      let source = needsBrackets ? "[\(address)]" : "\(address)"
      return "-j SNAT --to-source \(source)\(range)\(ports.choice.text)"
    case .prefix(let prefix): return "-j NETMAP --to \(prefix)"
    }
  }
}

extension SourcePorts {
  fileprivate var rangeText: String? {
    range.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
  }
}

extension SourcePorts.Choice {
  fileprivate var text: String { self == .kept ? "" : " \(rawValue)" }
}

extension Transport {
  /// As iptables and ipset write it.
  var word: String {
    switch self {
    case .tcp: "tcp"
    case .udp: "udp"
    case .sctp: "sctp"
    }
  }
}
