import NetSets

extension Rule {
  /// The rule as nft lists it, for messages.
  package func text(family: IPFamily) -> String {
    var buffer = TextBuffer()
    buffer.write(self, family: family)
    return buffer.text
  }
}

extension TextBuffer {
  /// One line of a chain, without its indentation.
  mutating func write(_ rule: Rule, family: IPFamily) {
    let start = bytes.count
    func separate(_ buffer: inout TextBuffer) {
      if buffer.bytes.count > start { buffer.write(" ") }
    }
    for match in rule.matches {
      separate(&self)
      write(match, family: family)
    }
    for statement in rule.statements {
      separate(&self)
      write(statement, family: family)
    }
    if let verdict = rule.verdict {
      separate(&self)
      write(verdict, family: family)
    }
    if let comment = rule.comment {
      separate(&self)
      write("comment ")
      writeQuoted(comment)
    }
  }

  private mutating func write(_ match: Match, family: IPFamily) {
    switch match {
    case .connectionState(let states):
      write("ct state ")
      write(states.map(\.rawValue).joined(separator: ","))
    case .notStartOfTCP:
      write("tcp flags != syn / fin,syn,rst,ack")
    case .destinationPort(let ports):
      write("th dport ")
      writeRange(ports)
    case .layer4(let layer4):
      write("meta l4proto ")
      write(layer4)
    case .layer4In(let protocols):
      write("meta l4proto { ")
      for (index, layer4) in protocols.enumerated() {
        if index > 0 { write(", ") }
        write(layer4)
      }
      write(" }")
    case .address(let field, let range, let negated):
      write(field, family: family)
      write(negated ? " != " : " ")
      write(range)
    case .addressIn(let field, let set, let negated):
      write(field, family: family)
      write("\(negated ? " !=" : "") @\(set)")
    case .destinationIn(let set):
      write("\(family.nftName) daddr . meta l4proto . th dport @\(set)")
    case .icmpv6Type(let types):
      write("icmpv6 type ")
      if types.count == 1, let name = Names.icmpv6Types[types.lowerBound] {
        write(name)
      } else {
        writeRange(types)
      }
    case .interface(let field, let name, let negated):
      write(field == .in ? "iifname " : "oifname ")
      if negated { write("!= ") }
      writeQuoted(name.description)
    case .local(let field, let negated):
      write("fib \(field == .source ? "saddr" : "daddr") type \(negated ? "!= " : "")local")
    case .sourceNotOnOutInterface: write("fib saddr . oif type != local")
    case .sourceNotBehindInInterface: write("fib saddr . iif oif missing")
    }
  }

  private mutating func write(_ statement: Statement, family: IPFamily) {
    switch statement {
    case .counter:
      write("counter")
    case .namedCounter(let name):
      write("counter name ")
      writeQuoted(name)
    case .limit(let perSecond, let burst):
      write("limit rate \(perSecond)/second")
      // nft 1.0.6 leaves its default out.
      if burst != Statement.defaultBurst { write(" burst \(burst) packets") }
    case .log(let prefix, let group):
      write("log prefix ")
      writeQuoted(prefix)
      write(" group \(group)")
    case .updateFlow(let set):
      let name = family.nftName
      write("update @\(set) ")
      write("{ \(name) saddr . \(name) daddr . meta l4proto . th dport counter }")
    }
  }

  mutating func write(_ verdict: Verdict, family: IPFamily) {
    switch verdict {
    case .accept: write("accept")
    case .drop: write("drop")
    case .return: write("return")
    case .jump(let chain):
      write("jump ")
      write(chain)
    case .goto(let chain):
      write("goto ")
      write(chain)
    case .lookup(let field, let map):
      write(field, family: family)
      write(" vmap @\(map)")
    // nft implies `meta l4proto tcp` and leaves it out of the listing.
    case .rejectTCP: write("reject with tcp reset")
    case .rejectProhibited: write("reject with \(family.icmpName) admin-prohibited")
    case .translate(let translation): write(translation, family: family)
    }
  }

  private mutating func write(_ translation: SourceTranslation, family: IPFamily) {
    switch translation {
    case .masquerade(let ports):
      write("masquerade")
      if let range = ports.range { write(" to :\(range.lowerBound)-\(range.upperBound)") }
      write(ports.choice)
    case .address(let address, let ports):
      write("snat to ")
      let hasBrackets = family == .ipv6 && ports.range != nil
      if hasBrackets { write("[") }
      write(address)
      if hasBrackets { write("]") }
      if let range = ports.range { write(":\(range.lowerBound)-\(range.upperBound)") }
      write(ports.choice)
    case .own:
      write("snat to ")
      write(AddressField.source, family: family)
    }
  }

  private mutating func write(_ choice: SourcePorts.Choice) {
    if choice != .kept { write(" \(choice.rawValue)") }
  }

  private mutating func write(_ field: AddressField, family: IPFamily) {
    write(family.nftName)
    switch field {
    case .source: write(" saddr")
    case .destination: write(" daddr")
    }
  }

  private mutating func write(_ layer4: IPProtocol) {
    if let name = Names.protocols[layer4.number] { write(name) } else { write(layer4.number) }
  }

  private mutating func writeRange(_ range: ClosedRange<some FixedWidthInteger>) {
    write(range.lowerBound)
    if range.count > 1 {
      write("-")
      write(range.upperBound)
    }
  }
}

extension Statement {
  /// The burst of a limit that names none.
  static let defaultBurst = 5
}
