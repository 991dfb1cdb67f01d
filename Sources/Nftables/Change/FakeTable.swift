import NetSets

/// One table of the fake kernel: objects in the order in which they were made, rules with handles.
struct FakeTable {
  private let family: IPFamily
  private let name: String
  private let comment: String?
  private var counters: [NamedCounter] = []
  private var maps: [VerdictMap] = []
  private var sets: [NamedSet] = []
  private var chains: [Chain] = []
  private(set) var rules: [String: [(handle: RuleHandle, rule: Rule)]] = [:]

  init(family: IPFamily, name: String, comment: String?) {
    self.family = family
    self.name = name
    self.comment = comment
  }

  var value: Table {
    Table(
      family: family, name: name, comment: comment, counters: counters, maps: maps, sets: sets,
      chains: chains.map { chain in
        Chain(
          name: chain.name, comment: chain.comment, base: chain.base,
          rules: (rules[chain.name] ?? []).map(\.rule))
      })
  }

  mutating func run(
    _ operation: Operation, _ handle: inout RuleHandle
  ) throws(FakeRefusal) {
    switch operation {
    case .addTable, .deleteTable: preconditionFailure("tables are the fake kernel's own")
    case .addCounter(let counter): try add(counter, to: &counters, by: \.name)
    case .deleteCounter(let name):
      try checkUnused("counter \(name)") { $0.statements.contains(.namedCounter(name)) }
      try remove(name, from: &counters, by: \.name)
    case .addSet(let set): try add(set.withoutElements, to: &sets, by: \.name)
    case .deleteSet(let name):
      try checkUnused("set \(name)") { $0.names(set: name) }
      try remove(name, from: &sets, by: \.name)
    case .addMap(let map):
      try add(VerdictMap(name: map.name, comment: map.comment, elements: []), to: &maps, by: \.name)
    case .deleteMap(let name):
      try checkUnused("map \(name)") { $0.verdict?.map == name }
      try remove(name, from: &maps, by: \.name)
    case .addChain(let chain):
      try add(
        Chain(name: chain.name, comment: chain.comment, base: chain.base), to: &chains, by: \.name)
      rules[chain.name] = []
    case .deleteChain(let name):
      guard rules[name]?.isEmpty ?? true else { throw .busy("chain \(name)") }
      try checkUnused("chain \(name)") { $0.verdict?.chain == name }
      guard !maps.contains(where: { $0.elements.contains { $0.verdict.chain == name } }) else {
        throw .busy("chain \(name)")
      }
      try remove(name, from: &chains, by: \.name)
      rules[name] = nil
    case .flushChain(let name):
      guard rules[name] != nil else { throw .missing("chain") }
      rules[name] = []
    case .addElements(let set, let elements): try add(elements, toSet: set)
    case .deleteElements(let set, let elements): try delete(elements, fromSet: set)
    case .addVerdicts(let map, let elements): try add(elements, toMap: map)
    case .deleteVerdicts(let map, let addresses): try delete(addresses, fromMap: map)
    case .addRule(let chain, let rule, let before):
      try add(rule, to: chain, before: before, handle)
      handle += 1
    case .deleteRule(let chain, let gone):
      guard let index = rules[chain]?.firstIndex(where: { $0.handle == gone }) else {
        throw .missing("rule")
      }
      rules[chain]?.remove(at: index)
    }
  }

  private func add<Object>(
    _ object: Object, to objects: inout [Object], by name: (Object) -> String
  ) throws(FakeRefusal) {
    if objects.contains(where: { name($0) == name(object) }) { throw .exists(name(object)) }
    objects.append(object)
  }

  private func remove<Object>(
    _ name: String, from objects: inout [Object], by nameOf: (Object) -> String
  ) throws(FakeRefusal) {
    guard let index = objects.firstIndex(where: { nameOf($0) == name }) else {
      throw .missing(name)
    }
    objects.remove(at: index)
  }

  private func checkUnused(
    _ what: String, _ isUser: (Rule) -> Bool
  ) throws(FakeRefusal) {
    guard !rules.values.contains(where: { $0.contains { isUser($0.rule) } }) else {
      throw .busy(what)
    }
  }

  private mutating func add(
    _ elements: [SetElement], toSet name: String
  ) throws(FakeRefusal) {
    guard let index = sets.firstIndex(where: { $0.name == name }) else { throw .missing("set") }
    let content = sets[index].content
    let all = content.elements + elements
    guard Set(all).count == all.count, !SetElement.overlap(all) else {
      throw .exists("an element of set \(name)")
    }
    sets[index].content = content.replacing(all)
  }

  private mutating func delete(
    _ elements: [SetElement], fromSet name: String
  ) throws(FakeRefusal) {
    guard let index = sets.firstIndex(where: { $0.name == name }) else { throw .missing("set") }
    let gone = Set(elements)
    let content = sets[index].content
    let kept = content.elements.filter { !gone.contains($0) }
    guard kept.count + elements.count == content.elements.count else { throw .missing("element") }
    sets[index].content = content.replacing(kept)
  }

  private mutating func add(
    _ elements: [VerdictElement], toMap name: String
  ) throws(FakeRefusal) {
    guard let index = maps.firstIndex(where: { $0.name == name }) else { throw .missing("map") }
    var known = Set(maps[index].elements.map(\.address))
    for element in elements where !known.insert(element.address).inserted {
      throw .exists("element \(element.address)")
    }
    maps[index] = VerdictMap(
      name: name, comment: maps[index].comment, elements: maps[index].elements + elements)
  }

  private mutating func delete(
    _ addresses: [IPAddress], fromMap name: String
  ) throws(FakeRefusal) {
    guard let index = maps.firstIndex(where: { $0.name == name }) else { throw .missing("map") }
    var known = Set(maps[index].elements.map(\.address))
    for address in addresses where known.remove(address) == nil { throw .missing("element") }
    let gone = Set(addresses)
    maps[index].elements.removeAll { gone.contains($0.address) }
  }

  private mutating func add(
    _ rule: Rule, to chain: String, before: RuleHandle?, _ handle: RuleHandle
  ) throws(FakeRefusal) {
    guard var list = rules[chain] else { throw .missing("chain") }
    if let before {
      guard let index = list.firstIndex(where: { $0.handle == before }) else {
        throw .missing("rule")
      }
      list.insert((handle, rule), at: index)
    } else {
      list.append((handle, rule))
    }
    rules[chain] = list
  }
}

extension SetElement {
  /// Whether two of them are ranges with an address in common.
  fileprivate static func overlap(_ elements: [SetElement]) -> Bool {
    let ranges = elements.compactMap { if case .range(let range) = $0 { range } else { nil } }
      .sorted()
    return zip(ranges, ranges.dropFirst()).contains { $0.upper >= $1.lower }
  }
}

extension Rule {
  fileprivate func names(set name: String) -> Bool {
    statements.contains(.updateFlow(set: name))
      || matches.contains {
        switch $0 {
        case .addressIn(_, let set, _), .destinationIn(let set): set == name
        default: false
        }
      }
  }
}
