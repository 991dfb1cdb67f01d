import NetSets
import Nftables

/// How much there is in a table.
package struct TableSize: Hashable, Sendable {
  package let chains: Int
  package let rules: Int
  /// Maps too.
  package let sets: Int
  /// Of sets and maps, but not what the kernel itself remembers of denied flows.
  package let elements: Int

  package init(chains: Int, rules: Int, sets: Int, elements: Int) {
    self.chains = chains
    self.rules = rules
    self.sets = sets
    self.elements = elements
  }
}

/// What one table holds, kept so that a change costs as much as it changes: elements in hashes,
/// objects by name. Only `table` walks through it.
struct TableModel {
  private let family: IPFamily
  private let name: String
  private let comment: String?
  private var counters: [String: Placed<NamedCounter>] = [:]
  private var maps: [String: Placed<MapModel>] = [:]
  private var sets: [String: Placed<SetModel>] = [:]
  private var chains: [String: Placed<ChainModel>] = [:]
  private var lastPlace = 0

  /// An object with its place among the others: the kernel lists them as they were made.
  private struct Placed<Object> {
    let place: Int
    var object: Object
  }

  private struct MapModel {
    let declaration: VerdictMap
    var elements: [IPAddress: VerdictElement]
  }

  private struct SetModel {
    let declaration: NamedSet
    var elements: Set<SetElement>
  }

  private struct ChainModel {
    let declaration: Chain
    var rules: [Rule]
    /// nil when rules came whose handles the kernel has not been asked for.
    var handles: [RuleHandle]?
  }

  init(family: IPFamily, name: String, comment: String?) {
    self.family = family
    self.name = name
    self.comment = comment
  }

  /// - Parameter handles: of every chain.
  init(_ table: Table, handles: [Installed.ChainName: [RuleHandle]]) {
    self.init(family: table.family, name: table.name, comment: table.comment)
    for counter in table.counters { counters[counter.name] = placed(counter) }
    for map in table.maps {
      let elements = Dictionary(map.elements.map { ($0.address, $0) }) { first, _ in first }
      maps[map.name] = placed(MapModel(declaration: map.withoutElements, elements: elements))
    }
    for set in table.sets {
      sets[set.name] = placed(
        SetModel(declaration: set.withoutElements, elements: Set(set.content.elements)))
    }
    for chain in table.chains {
      chains[chain.name] = placed(
        ChainModel(
          declaration: chain.withoutRules, rules: chain.rules,
          handles: handles[Installed.ChainName(family, chain.name)] ?? []))
    }
  }

  private mutating func placed<Object>(_ object: Object) -> Placed<Object> {
    lastPlace += 1
    return Placed(place: lastPlace, object: object)
  }

  // MARK: - Reading

  /// All of it, in nft's order.
  var table: Table {
    func inOrder<Object>(_ objects: [String: Placed<Object>]) -> [Object] {
      objects.values.sorted { $0.place < $1.place }.map(\.object)
    }
    return Table(
      family: family, name: name, comment: comment, counters: inOrder(counters),
      maps: inOrder(maps).map { map in
        VerdictMap(
          name: map.declaration.name, comment: map.declaration.comment,
          elements: Array(map.elements.values))
      },
      sets: inOrder(sets).map { $0.declaration.holding(Array($0.elements)) },
      chains: inOrder(chains).map { chain in
        Chain(
          name: chain.declaration.name, comment: chain.declaration.comment,
          base: chain.declaration.base, rules: chain.rules)
      })
  }

  var size: TableSize {
    TableSize(
      chains: chains.count, rules: chains.values.reduce(0) { $0 + $1.object.rules.count },
      sets: sets.count + maps.count,
      elements: sets.values.reduce(0) { $0 + $1.object.elements.count }
        + maps.values.reduce(0) { $0 + $1.object.elements.count })
  }

  /// nil when there is no such chain.
  func rules(of chain: String) -> [Rule]? { chains[chain]?.object.rules }

  /// The rules that a chain will have.
  /// - Parameter edits: of that chain, in turn.
  func rules(of chain: String, after edits: [Operation]) -> [Rule] {
    var alone = TableModel(family: family, name: name, comment: nil)
    alone.chains[chain] = chains[chain]
    for edit in edits { alone.run(edit) }
    return alone.rules(of: chain) ?? []
  }

  /// nil when the kernel has to be asked.
  func handles(of chain: String) -> [RuleHandle]? { chains[chain]?.object.handles }

  var chainNames: [String] { Array(chains.keys) }

  // MARK: - Changing

  mutating func set(_ handles: [RuleHandle], of chain: String) {
    chains[chain]?.object.handles = handles
  }

  /// What the kernel took is not checked again.
  mutating func run(_ operation: Operation) {
    switch operation {
    case .addTable, .deleteTable: preconditionFailure("tables are the ruleset's own")
    case .addCounter(let counter): counters[counter.name] = placed(counter)
    case .deleteCounter(let name): counters[name] = nil
    case .addSet(let set):
      sets[set.name] = placed(SetModel(declaration: set.withoutElements, elements: []))
    case .deleteSet(let name): sets[name] = nil
    case .addMap(let map):
      maps[map.name] = placed(MapModel(declaration: map.withoutElements, elements: [:]))
    case .deleteMap(let name): maps[name] = nil
    case .addChain(let chain):
      chains[chain.name] = placed(
        ChainModel(declaration: chain.withoutRules, rules: [], handles: []))
    case .deleteChain(let name): chains[name] = nil
    case .flushChain(let name):
      chains[name]?.object.rules = []
      chains[name]?.object.handles = []
    case .addElements(let set, let elements):
      for element in elements { sets[set]?.object.elements.insert(element) }
    case .deleteElements(let set, let elements):
      for element in elements { sets[set]?.object.elements.remove(element) }
    case .addVerdicts(let map, let elements):
      for element in elements { maps[map]?.object.elements[element.address] = element }
    case .deleteVerdicts(let map, let addresses):
      for address in addresses { maps[map]?.object.elements[address] = nil }
    case .addRule(let chain, let rule, let before): add(rule, to: chain, before: before)
    case .deleteRule(let chain, let handle): delete(handle, from: chain)
    }
  }

  /// The number that stands for a handle until the kernel is asked; it gives none as high.
  private static let unknownHandle = RuleHandle.max

  private mutating func add(_ rule: Rule, to chain: String, before: RuleHandle?) {
    guard var model = chains[chain]?.object else { return }
    var handles = model.handles ?? Array(repeating: Self.unknownHandle, count: model.rules.count)
    let index = before.flatMap { handles.firstIndex(of: $0) } ?? handles.count
    handles.insert(Self.unknownHandle, at: index)
    model.rules.insert(rule, at: index)
    model.handles = handles
    chains[chain]?.object = model
  }

  private mutating func delete(_ handle: RuleHandle, from chain: String) {
    guard var model = chains[chain]?.object, var handles = model.handles,
      let index = handles.firstIndex(of: handle)
    else { return }
    handles.remove(at: index)
    model.rules.remove(at: index)
    model.handles = handles
    chains[chain]?.object = model
  }

  /// After a transaction: new rules have handles that only the kernel knows.
  mutating func forgetNewHandles(of chain: String) {
    if let handles = chains[chain]?.object.handles, handles.contains(Self.unknownHandle) {
      chains[chain]?.object.handles = nil
    }
  }
}
