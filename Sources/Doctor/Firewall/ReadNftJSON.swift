import Diagnostics
import Manifests
import NetSets

/// Reads what `nft -j list table` prints (libnftables-json(5)).
package enum NftJSONReader {
  /// Nil when it is no such text.
  package static func tables(_ bytes: [UInt8]) -> [ForeignTable]? {
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "nft.json", bytes: bytes)
    guard let root = parseManifest(file, &diagnostics).first, let list = root["nftables"],
      list.kind == .sequence
    else { return nil }
    var tables: [ForeignTable] = []
    var sets: [String: [String: ManifestValue]] = [:]
    // Objects may come in any order, sets after the rules that name them.
    let objects = list.items.compactMap { item in item.onlyMember.map { ($0.key, $0.value) } }
    for (kind, object) in objects {
      switch kind {
      case "table":
        let (family, name) = (text(object["family"]), text(object["name"]))
        tables.append(
          ForeignTable(
            title: "nft table \(family) \(name)", name: "\(family) \(name)", owner: .nftables,
            families: families(family), chains: []))
      case "set", "map":
        sets[key(object), default: [:]][text(object["name"])] = object
      default: break
      }
    }
    for (kind, object) in objects where kind == "chain" {
      guard let index = tables.firstIndex(where: { $0.name == key(object) }) else { continue }
      tables[index].chains.append(
        ForeignChain(name: text(object["name"]), base: base(object)))
    }
    for (kind, object) in objects where kind == "rule" {
      guard let index = tables.firstIndex(where: { $0.name == key(object) }),
        let chain = tables[index].chains.firstIndex(where: { $0.name == text(object["chain"]) })
      else { continue }
      let rule = NftRuleReader(sets: sets[key(object)] ?? [:]).rule(object)
      tables[index].chains[chain].rules.append(rule)
    }
    return tables
  }

  private static func text(_ value: ManifestValue?) -> String { value?.text ?? "" }

  private static func key(_ object: ManifestValue) -> String {
    "\(text(object["family"])) \(text(object["table"]))"
  }

  private static func families(_ name: String) -> [IPFamily] {
    switch name {
    case "ip": [.ipv4]
    case "ip6": [.ipv6]
    case "inet": IPFamily.allCases
    default: []
    }
  }

  private static func base(_ chain: ManifestValue) -> ForeignChain.Base? {
    guard let hook = chain["hook"]?.text else { return nil }
    return ForeignChain.Base(
      hook: ForeignChain.Hook(rawValue: hook) ?? .other, priority: chain["prio"]?.integer ?? 0,
      drops: chain["policy"]?.text == "drop", translates: chain["type"]?.text == "nat")
  }
}

/// One rule. What is not modelled makes a condition, or an action, that cannot be told.
private struct NftRuleReader {
  let sets: [String: ManifestValue]

  func rule(_ object: ManifestValue) -> ForeignRule {
    var conditions: [ForeignRule.Condition] = []
    var action = ForeignRule.Action.proceed
    for statement in object["expr"].map({ Array($0.items) }) ?? [] {
      guard let member = statement.onlyMember else { continue }
      switch member.key {
      case "match": conditions.append(condition(member.value))
      case "accept": action = .accept
      case "drop", "reject": action = .drop
      case "return": action = .return
      case "jump": action = member.value["target"].map { .jump($0.text) } ?? .unknown
      case "goto": action = member.value["target"].map { .goto($0.text) } ?? .unknown
      case "masquerade": action = .translate
      case "snat": action = keepsSource(member.value) ? .keepSource : .translate
      case "mangle": if action == .proceed { action = .mark }
      case "counter", "log", "comment", "notrack", "ct helper", "set", "meter": break
      case "xt":
        // A match or a target of iptables, which nft does not show.
        conditions.append(ForeignRule.Condition(.unknown))
        if member.value["type"]?.text != "match" { action = .unknown }
      case "vmap":
        // Whether the packet has an element at all may be told.
        if let condition = keyCondition(member.value) { conditions.append(condition) }
        conditions.append(ForeignRule.Condition(.unknown))
        action = .unknown
      case "limit": conditions.append(ForeignRule.Condition(.unknown))
      default:
        conditions.append(ForeignRule.Condition(.unknown))
        if action == .proceed { action = .unknown }
      }
    }
    let handle = object["handle"]?.integer.map { "handle \($0)" } ?? "a rule"
    let comment = object["comment"].map { " (\($0.text))" } ?? ""
    return ForeignRule(text: "\(handle)\(comment)", conditions: conditions, action: action)
  }

  /// `snat to ip saddr`.
  private func keepsSource(_ statement: ManifestValue) -> Bool {
    statement["addr"]?["payload"]?["field"]?.text == "saddr"
  }

  private func condition(_ match: ManifestValue) -> ForeignRule.Condition {
    let unknown = ForeignRule.Condition(.unknown)
    guard let left = match["left"], let right = match["right"], let operation = match["op"]?.text,
      ["==", "!=", "in"].contains(operation)
    else { return unknown }
    guard let test = test(left, right) else { return unknown }
    return ForeignRule.Condition(test, negated: operation == "!=")
  }

  private func test(_ left: ManifestValue, _ right: ManifestValue) -> ForeignRule.Test? {
    if let payload = left["payload"], ["ip", "ip6"].contains(payload["protocol"]?.text) {
      guard let addresses = addresses(right) else { return nil }
      switch payload["field"]?.text {
      case "saddr": return .source(addresses)
      case "daddr": return .destination(addresses)
      default: return nil
      }
    }
    if let key = left["meta"]?["key"]?.text {
      switch key {
      case "iifname": return names(right).map { .inInterface($0) }
      case "oifname": return names(right).map { .outInterface($0) }
      case "nfproto":
        return ["ipv4": .family(.ipv4), "ipv6": .family(.ipv6)][right.text] ?? nil
      case "mark": return number(right).map { .mark(value: $0, mask: .max) }
      default: return nil
      }
    }
    if let sides = left["&"], let value = number(right) {
      let parts = Array(sides.items)
      guard parts.count == 2, parts[0]["meta"]?["key"]?.text == "mark",
        let mask = number(parts[1])
      else { return nil }
      return .mark(value: value, mask: mask)
    }
    if left["ct"]?["key"]?.text == "state" {
      return words(right).map { .connectionState(includesNew: $0.contains("new")) }
    }
    if left["ct"]?["key"]?.text == "status", words(right) == ["dnat"] {
      return .connectionState(includesNew: false)
    }
    if let fib = left["fib"], fib["result"]?.text == "type", right.text == "local" {
      let flags = fib["flags"].flatMap(words) ?? []
      if flags.contains("daddr") { return .isLocal(.destination) }
      if flags.contains("saddr") { return .isLocal(.source) }
    }
    return nil
  }

  /// That the address in the key of a map of verdicts is among its elements'.
  private func keyCondition(_ statement: ManifestValue) -> ForeignRule.Condition? {
    guard let key = statement["key"], let data = statement["data"] else { return nil }
    let fields = key["concat"].map { Array($0.items) } ?? [key]
    let elements =
      data.kind == .string
      ? sets[String(data.text.dropFirst())]?["elem"].map { Array($0.items) } ?? []
      : data["set"].map { Array($0.items) } ?? []
    guard data.kind != .string || sets[String(data.text.dropFirst())] != nil,
      let index = fields.firstIndex(where: { $0["payload"] != nil })
    else { return nil }
    let keys = elements.map { element -> ManifestValue? in
      // `[key, verdict]`, the key perhaps with a comment or a counter.
      guard let pair = element.items.first(where: { _ in true }) else { return nil }
      let whole = pair["elem"]?["val"] ?? pair
      guard let parts = whole["concat"].map({ Array($0.items) }) else { return whole }
      return parts.indices.contains(index) ? parts[index] : nil
    }
    let ranges = keys.map { $0.flatMap(range) }
    guard ranges.allSatisfy({ $0 != nil }) else { return nil }
    let addresses = AddressSet(ranges.compactMap { $0 })
    switch fields[index]["payload"]?["field"]?.text {
    case "saddr": return ForeignRule.Condition(.source(addresses))
    case "daddr": return ForeignRule.Condition(.destination(addresses))
    default: return nil
    }
  }

  private func number(_ value: ManifestValue) -> UInt32? {
    value.integer.flatMap { UInt32(exactly: $0) }
  }

  /// One word, a list, or the elements of an anonymous set.
  private func words(_ value: ManifestValue) -> [String]? {
    if value.kind == .string { return [value.text] }
    let items = value.kind == .sequence ? Array(value.items) : value["set"].map { Array($0.items) }
    guard let items, items.allSatisfy({ $0.kind == .string }) else { return nil }
    return items.map(\.text)
  }

  private func names(_ value: ManifestValue) -> [String]? {
    guard let words = words(value), !words.contains(where: { $0.hasPrefix("@") }) else {
      return nil
    }
    return words
  }

  /// An address, a prefix, a range, an anonymous set, or `@name`.
  private func addresses(_ value: ManifestValue) -> AddressSet? {
    if value.kind == .string, value.text.hasPrefix("@") {
      guard let set = sets[String(value.text.dropFirst())] else { return nil }
      return addresses(of: set["elem"].map { Array($0.items) } ?? [])
    }
    if let set = value["set"] { return addresses(of: Array(set.items)) }
    return range(value).map { AddressSet([$0]) }
  }

  private func addresses(of items: [ManifestValue]) -> AddressSet? {
    // An element with a counter, comment or timeout is an object around its value.
    let ranges = items.map { range($0["elem"]?["val"] ?? $0) }
    guard ranges.allSatisfy({ $0 != nil }) else { return nil }
    return AddressSet(ranges.compactMap { $0 })
  }

  private func range(_ value: ManifestValue) -> AddressRange? {
    if value.kind == .string { return IPAddress(value.text).map { AddressRange($0) } }
    if let prefix = value["prefix"] {
      guard let address = prefix["addr"].flatMap({ IPAddress($0.text) }),
        let length = prefix["len"]?.integer, (0...address.family.width).contains(length)
      else { return nil }
      return IPPrefix(address, length: length).range
    }
    guard let ends = value["range"].map({ $0.items.compactMap { IPAddress($0.text) } }),
      ends.count == 2, ends[0].family == ends[1].family, ends[0] <= ends[1]
    else { return nil }
    return AddressRange(family: ends[0].family, lower: ends[0].bits, upper: ends[1].bits)
  }
}

extension ManifestValue {
  /// The first member: objects of this format have one.
  fileprivate var onlyMember: Member? { members.first { _ in true } }
}
