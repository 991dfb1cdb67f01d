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
    case .deleteCounter(let name): try remove(name, from: &counters, by: \.name)
    case .addSet(let set): try add(set.withoutElements, to: &sets, by: \.name)
    case .deleteSet(let name): try remove(name, from: &sets, by: \.name)
    case .addMap(let map):
      try add(VerdictMap(name: map.name, comment: map.comment, elements: []), to: &maps, by: \.name)
    case .deleteMap(let name): try remove(name, from: &maps, by: \.name)
    case .addChain(let chain):
      try add(
        Chain(name: chain.name, comment: chain.comment, base: chain.base), to: &chains, by: \.name)
      rules[chain.name] = []
    case .deleteChain(let name):
      guard rules[name]?.isEmpty ?? true else { throw .busy("chain \(name)") }
      try remove(name, from: &chains, by: \.name)
      rules[name] = nil
    case .flushChain(let name):
      guard rules[name] != nil else { throw .missing("chain") }
      rules[name] = []
    case .addElements(let set, let elements): try change(set) { $0 + elements }
    case .deleteElements(let set, let elements):
      let gone = Set(elements)
      try change(set) { $0.filter { !gone.contains($0) } }
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

  private mutating func change(
    _ set: String, _ change: ([SetElement]) -> [SetElement]
  ) throws(FakeRefusal) {
    guard let index = sets.firstIndex(where: { $0.name == set }) else { throw .missing("set") }
    sets[index].content = sets[index].content.replacing(change(sets[index].content.elements))
  }

  private mutating func add(
    _ elements: [VerdictElement], toMap name: String
  ) throws(FakeRefusal) {
    guard let index = maps.firstIndex(where: { $0.name == name }) else { throw .missing("map") }
    let known = Dictionary(maps[index].elements.map { ($0.address, $0) }) { first, _ in first }
    for element in elements where known[element.address] != nil {
      throw .exists("element \(element.address)")
    }
    maps[index] = VerdictMap(
      name: name, comment: maps[index].comment, elements: maps[index].elements + elements)
  }

  private mutating func delete(
    _ addresses: [IPAddress], fromMap name: String
  ) throws(FakeRefusal) {
    guard let index = maps.firstIndex(where: { $0.name == name }) else { throw .missing("map") }
    let known = Set(maps[index].elements.map(\.address))
    for address in addresses where !known.contains(address) { throw .missing("element") }
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

extension SetContent {
  /// The same kind of set with other elements.
  fileprivate func replacing(_ elements: [SetElement]) -> SetContent {
    switch self {
    case .addresses:
      .hosts(elements.compactMap { if case .address(let address) = $0 { address } else { nil } })
    case .endpoints:
      .ports(elements.compactMap { if case .endpoint(let key) = $0 { key } else { nil } })
    case .intervals:
      .intervals(
        elements.compactMap { if case .range(let range) = $0 { range } else { nil } }.sorted())
    case .flows: self
    }
  }
}
