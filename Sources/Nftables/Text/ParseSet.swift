import NetSets

/// What a set's properties say before its elements are read.
private struct SetProperties {
  var type: String?
  var comment: String?
  var size: Int?
  var timeoutMinutes: Int?
  var isInterval = false
  var addresses: [IPAddress] = []
  var ranges: [AddressRange] = []
  var keys: [EndpointKey] = []
}

extension Cursor {
  mutating func set(_ family: IPFamily) throws(RulesetSyntaxError) -> NamedSet {
    try expect("set")
    let name = try word("the name of a set")
    var properties = SetProperties()
    try block { cursor throws(RulesetSyntaxError) in
      try cursor.property(family, &properties)
    }
    let content: SetContent
    switch properties.type {
    case family.endpointType: content = .ports(properties.keys)
    case family.flowType:
      guard let size = properties.size, let timeout = properties.timeoutMinutes else {
        throw failure("size and timeout of set \(name) before its end")
      }
      content = .flows(size: size, timeoutMinutes: timeout)
    case family.addressType where properties.isInterval:
      content = .intervals(properties.ranges.sorted())
    case family.addressType: content = .hosts(properties.addresses)
    case .some, nil: throw failure("the type of set \(name) before its end")
    }
    return NamedSet(name: name, comment: properties.comment, content: content)
  }

  private mutating func property(
    _ family: IPFamily, _ properties: inout SetProperties
  ) throws(RulesetSyntaxError) {
    let keyword = token
    switch keyword {
    case .word("type") where properties.type == nil:
      advance()
      properties.type = try setType(family)
    case .word("typeof") where properties.type == nil:
      advance()
      let name = family.nftName
      try expect("\(name) saddr . \(name) daddr . meta l4proto . th dport")
      properties.type = family.flowType
    case .word("flags"):
      advance()
      try flags(&properties)
    case .word("size") where properties.type == family.flowType:
      advance()
      properties.size = try number("a number of elements")
    case .word("timeout") where properties.type == family.flowType:
      advance()
      properties.timeoutMinutes = try value("a time of whole minutes", minutes)
    case .word("comment"): properties.comment = try comment()
    case .word("elements"):
      advance()
      try expect("=")
      try elements(family, &properties)
    case .word, .quoted, .symbol, .newline, .end, .unknown:
      throw failure("a property of the set")
    }
  }

  private mutating func setType(_ family: IPFamily) throws(RulesetSyntaxError) -> String {
    let known = [family.addressType, family.endpointType, family.flowType]
    var type = try value("a type of \(family.nftName) addresses") { word in
      word == family.addressType ? word : nil
    }
    while take(".") { type += " . \(try word("a type"))" }
    guard known.contains(type) else { throw failure("a type that netpolc uses") }
    return type
  }

  private mutating func flags(_ properties: inout SetProperties) throws(RulesetSyntaxError) {
    if properties.type == IPFamily.ipv4.flowType || properties.type == IPFamily.ipv6.flowType {
      try expect("dynamic , timeout")
    } else {
      try expect("interval")
      properties.isInterval = true
    }
  }

  private mutating func elements(
    _ family: IPFamily, _ properties: inout SetProperties
  ) throws(RulesetSyntaxError) {
    switch properties.type {
    case family.endpointType:
      properties.keys += try list { cursor throws(RulesetSyntaxError) in
        try cursor.endpoint(family)
      }
    case family.flowType: try skipElements()
    case family.addressType where properties.isInterval:
      properties.ranges += try list { cursor throws(RulesetSyntaxError) in
        try cursor.range(family)
      }
    case family.addressType:
      properties.addresses += try list { cursor throws(RulesetSyntaxError) in
        try cursor.address(family)
      }
    case .some, nil: throw failure("a type before the elements")
    }
  }

  /// Elements that the kernel added; there are no braces within.
  private mutating func skipElements() throws(RulesetSyntaxError) {
    try expect("{")
    while !take(symbol: "}") {
      switch token {
      case .word, .newline, .symbol(","): advance()
      case .quoted, .symbol, .end, .unknown: throw failure("elements of a dynamic set")
      }
    }
  }

  private mutating func endpoint(_ family: IPFamily) throws(RulesetSyntaxError) -> EndpointKey {
    let address = try address(family)
    try expect(".")
    let transport = try value("a protocol with ports") { name in
      Names.protocolNumber(name).flatMap(Transport.init(rawValue:))
    }
    try expect(".")
    return EndpointKey(
      address: address, transport: transport, port: try value("a port") { UInt16($0) })
  }

  mutating func address(_ family: IPFamily) throws(RulesetSyntaxError) -> IPAddress {
    try value("an \(family.nftName) address") { word in
      IPAddress(word).flatMap { $0.family == family ? $0 : nil }
    }
  }

  /// `10.0.0.0/8`, `10.0.0.1-10.0.0.5`, `10.0.0.1`
  mutating func range(_ family: IPFamily) throws(RulesetSyntaxError) -> AddressRange {
    try value("\(family.nftName) addresses") { word in
      guard let range = addressRange(word), range.family == family else { return nil }
      return range
    }
  }
}

private func addressRange(_ word: String) -> AddressRange? {
  if let dash = word.firstIndex(of: "-") {
    guard let lower = IPAddress(word[..<dash]),
      let upper = IPAddress(word[word.index(after: dash)...]), lower <= upper,
      lower.family == upper.family
    else { return nil }
    return AddressRange(family: lower.family, lower: lower.bits, upper: upper.bits)
  }
  if let slash = word.firstIndex(of: "/") {
    guard let base = IPAddress(word[..<slash]),
      let length = UInt8(word[word.index(after: slash)...]), length <= base.family.width
    else { return nil }
    return IPPrefix(base, length: Int(length)).range
  }
  return IPAddress(word).map { AddressRange($0) }
}

/// `1d2h3m`, in minutes.
private func minutes(_ word: String) -> Int? {
  var total = 0
  var digits = ""
  for character in word {
    if character.isASCII, character.isNumber {
      digits.append(character)
      continue
    }
    // Numbers this short cannot overflow.
    guard digits.count <= 9, total < 1 << 40, let number = Int(digits) else { return nil }
    digits = ""
    switch character {
    case "d": total += number * 1440
    case "h": total += number * 60
    case "m": total += number
    case "s" where number % 60 == 0: total += number / 60
    default: return nil
    }
  }
  return digits.isEmpty && !word.isEmpty ? total : nil
}
