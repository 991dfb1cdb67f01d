import NetSets

extension Ruleset {
  /// Text for `nft -f`, which replaces our tables in one transaction. Tables of family `ip` come
  /// first, as nft lists them, and that of family `bridge` last.
  package var text: String {
    var buffer = TextBuffer()
    for family in IPFamily.allCases {
      for table in tables where table.family == family { buffer.write(replacing: table) }
    }
    if let bridge { buffer.write(bridge.text) }
    return buffer.text
  }

  /// What `nft -s list` prints of all tables once they are loaded, to the byte.
  package var listing: String {
    tables.map(\.listing).joined() + (bridge?.listing ?? "")
  }
}

extension Table {
  /// Text for `nft -f`, whether or not the table exists: `add` makes sure that it does, `delete`
  /// takes what it held.
  package var text: String {
    var buffer = TextBuffer()
    buffer.write(replacing: self)
    return buffer.text
  }

  /// What `nft -s list table` prints once the table is loaded, to the byte. Measured with nft 1.0.6.
  package var listing: String {
    var buffer = TextBuffer()
    buffer.write(self)
    return buffer.text
  }
}

extension TextBuffer {
  fileprivate mutating func write(replacing table: Table) {
    write("add table \(table.family.nftName) \(table.name)\n")
    write("delete table \(table.family.nftName) \(table.name)\n")
    write(table)
  }

  fileprivate mutating func write(_ table: Table) {
    write("table \(table.family.nftName) \(table.name) {\n")
    if let comment = table.comment { writeComment(comment, indent: "\t") }
    var isFirst = true
    /// Objects have a blank line between them, and none around.
    func separate(_ buffer: inout TextBuffer) {
      if !isFirst { buffer.write("\n") }
      isFirst = false
    }
    for counter in table.counters {
      separate(&self)
      writeBlock("counter", counter.name) { buffer in
        if let comment = counter.comment { buffer.writeComment(comment) }
      }
    }
    for map in table.maps {
      separate(&self)
      writeBlock("map", map.name) { $0.write(map, family: table.family) }
    }
    for set in table.sets {
      separate(&self)
      writeBlock("set", set.name) { $0.write(set, family: table.family) }
    }
    for chain in table.chains {
      separate(&self)
      writeBlock("chain", chain.name) { $0.write(chain, family: table.family) }
    }
    write("}\n")
  }

  private mutating func writeBlock(
    _ keyword: String, _ name: String, body: (inout TextBuffer) -> Void
  ) {
    write("\t\(keyword) \(name) {\n")
    body(&self)
    write("\t}\n")
  }

  private mutating func writeComment(_ comment: String, indent: String = "\t\t") {
    write("\(indent)comment ")
    writeQuoted(comment)
    write("\n")
  }

  private mutating func write(_ map: VerdictMap, family: IPFamily) {
    write("\t\ttype \(family.addressType) : verdict\n")
    if let comment = map.comment { writeComment(comment) }
    writeElements(map.elements, perLine: family.elementsPerLine) { buffer, element in
      buffer.write(element.address)
      if let comment = element.comment {
        buffer.write(" comment ")
        buffer.writeQuoted(comment)
      }
      buffer.write(" : ")
      buffer.write(element.verdict, family: family)
    }
  }

  private mutating func write(_ set: NamedSet, family: IPFamily) {
    switch set.content {
    case .addresses(let addresses):
      write("\t\ttype \(family.addressType)\n")
      if let comment = set.comment { writeComment(comment) }
      writeElements(addresses, perLine: family.elementsPerLine) { $0.write($1) }
    case .endpoints(let keys):
      write("\t\ttype \(family.endpointType)\n")
      if let comment = set.comment { writeComment(comment) }
      // nft breaks lines after every concatenation.
      writeElements(keys, perLine: 1) { buffer, key in
        buffer.write(key.address)
        buffer.write(" . ")
        buffer.write(key.transport.nftName)
        buffer.write(" . ")
        buffer.write(key.port)
      }
    case .intervals(let ranges):
      write("\t\ttype \(family.addressType)\n\t\tflags interval\n")
      if let comment = set.comment { writeComment(comment) }
      writeElements(ranges, perLine: family.elementsPerLine) { $0.write($1) }
    case .flows(let size, let timeoutMinutes):
      write("\t\ttype \(family.flowType)\n\t\tsize \(size)\n\t\tflags dynamic,timeout\n")
      write("\t\ttimeout \(duration(minutes: timeoutMinutes))\n")
      if let comment = set.comment { writeComment(comment) }
    }
  }

  private mutating func writeElements<Element>(
    _ elements: [Element], perLine: Int, write body: (inout TextBuffer, Element) -> Void
  ) {
    guard !elements.isEmpty else { return }
    write("\t\telements = { ")
    for (index, element) in elements.enumerated() {
      if index > 0 { write(index.isMultiple(of: perLine) ? ",\n\t\t\t     " : ", ") }
      body(&self, element)
    }
    write(" }\n")
  }

  private mutating func write(_ chain: Chain, family: IPFamily) {
    if let comment = chain.comment { writeComment(comment) }
    if let base = chain.base {
      write(
        "\t\ttype \(base.type.rawValue) hook \(base.hook.rawValue) priority \(base.priorityText);")
      write(" policy accept;\n")
    }
    for rule in chain.rules {
      write("\t\t")
      write(rule, family: family)
      write("\n")
    }
  }
}

extension IPFamily {
  /// nft lists two IPv4 elements a line, because the type is narrower, and one of anything wider.
  fileprivate var elementsPerLine: Int {
    switch self {
    case .ipv4: 2
    case .ipv6: 1
    }
  }
}

extension BaseChain {
  /// Relative to the first named priority that is at most ten away.
  fileprivate var priorityText: String {
    for (name, value) in Names.priorities(at: hook) where abs(priority - value) <= 10 {
      if priority == value { return name }
      return priority > value
        ? "\(name) + \(priority - value)" : "\(name) - \(value - priority)"
    }
    return String(priority)
  }
}

/// `1d2h3m`, without the parts that are zero.
private func duration(minutes: Int) -> String {
  let parts = [(minutes / 1440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "m")]
  return parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
}
