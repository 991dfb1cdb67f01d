import NetSets
import Nftables

/// Makes tables that nft loads, of everything the model can say.
package struct TableMaker {
  private var generator: SplitMix64
  private let family: IPFamily
  private var used: Set<String> = []

  package static func table(seed: UInt64, family: IPFamily) -> Table {
    var maker = TableMaker(generator: SplitMix64(seed: seed), family: family)
    return maker.table("t-\(seed)")
  }

  package static func ruleset(seed: UInt64) -> Ruleset {
    Ruleset(
      tables: IPFamily.allCases.map { TableMaker.table(seed: seed, family: $0) },
      bridge: seed % 2 == 0 ? BridgeMaker.table(seed: seed, name: "t-\(seed)") : nil)
  }

  private init(generator: SplitMix64, family: IPFamily) {
    self.generator = generator
    self.family = family
  }

  private mutating func table(_ tableName: String) -> Table {
    var table = Table(family: family, name: tableName, comment: comment())
    table.counters = times(1...3) { NamedCounter(name: $0.name(), comment: $0.comment()) }
    table.sets = times(4...9) { maker in
      NamedSet(name: maker.name(), comment: maker.comment(), content: maker.content())
    }
    // At most one base chain a hook and priority; a chain leads only to those after it.
    var bases = [
      BaseChain(hook: .forward, priority: number(-30...30)),
      BaseChain(hook: .forward, priority: number(31...70)),
      BaseChain(hook: .input, priority: pick([-300, -310, -290, -289, -150, 0, 50, 100])),
      BaseChain(hook: .output, priority: number(-400...400)),
      BaseChain(hook: .prerouting, priority: number(-310...60)),
      BaseChain(hook: .postrouting, priority: number(-310...80)),
      BaseChain(type: .nat, hook: .postrouting, priority: number(81...115)),
    ].shuffled(using: &generator)
    bases.removeLast(number(0...5))
    table.chains = times(3...9) { maker in
      Chain(name: maker.name(), comment: maker.comment(), base: bases.popLast())
    }
    table.maps = times(0...3) { maker in
      VerdictMap(name: maker.name(), comment: maker.comment(), elements: [])
    }
    let ends = table.chains.filter { $0.base == nil }.suffix(2).map(\.name)
    for index in table.maps.indices {
      let map = table.maps[index]
      table.maps[index] = VerdictMap(
        name: map.name, comment: map.comment,
        elements: addresses().map { address in
          VerdictElement(
            address: address, comment: comment(), verdict: elementVerdict(ends))
        })
    }
    for index in table.chains.indices {
      let later = table.chains[(index + 1)...].filter { $0.base == nil }.map(\.name)
      // Only chains before the maps' targets may look into maps.
      let maps = later.count > 2 ? table.maps.map(\.name) : []
      let isNAT = table.chains[index].base?.type == .nat
      table.chains[index].rules = times(0...8) { maker in
        isNAT ? maker.translation(table) : maker.rule(table, later, maps)
      }
    }
    return TableMaker.withoutProblems(table)
  }

  /// Without the rules that nft would not take: `rule 3 of chain c-1 …`.
  private static func withoutProblems(_ table: Table) -> Table {
    var bad: [String: Set<Int>] = [:]
    for problem in table.problems {
      let words = problem.split(separator: " ").drop { $0 != "rule" }.map(String.init)
      guard words.count > 4, let index = Int(words[1]) else {
        preconditionFailure("only rules have problems: \(problem)")
      }
      bad[words[4], default: []].insert(index)
    }
    var table = table
    for index in table.chains.indices {
      let bad = bad[table.chains[index].name] ?? []
      table.chains[index].rules = table.chains[index].rules.enumerated()
        .filter { !bad.contains($0.offset) }.map(\.element)
    }
    return table
  }

  private mutating func rule(_ table: Table, _ later: [String], _ maps: [String]) -> Rule {
    let matches = (0..<number(0...4)).map { _ in match(table) }
    let statements = (0..<pick([0, 0, 1, 1, 2, 3])).map { _ in statement(table) }
    return Rule(matches, statements, verdict(later, maps), comment: comment())
  }

  private mutating func translation(_ table: Table) -> Rule {
    let matches = (0..<number(0...3)).map { _ in match(table) }
    let verdict: Verdict? =
      switch number(0...7) {
      case 0: nil
      case 1: .accept
      case 2: .return
      case 3: .translate(.own)
      case 4...5: .translate(.masquerade(sourcePorts()))
      default:
        .translate(.address(IPAddress(family: family, bits: bits()), sourcePorts()))
      }
    return Rule(
      matches, (0..<number(0...1)).map { _ in statement(table) }, verdict, comment: comment())
  }

  private mutating func sourcePorts() -> SourcePorts {
    let (one, other) = (port(), port())
    return SourcePorts(
      flip() ? nil : min(one, other)...max(one, other), pick(SourcePorts.Choice.allCases))
  }

  private mutating func match(_ table: Table) -> Match {
    let field: AddressField = pick([.source, .destination])
    switch number(0...13) {
    case 0: return .connectionState(ConnectionState.allCases.filter { _ in flip() })
    case 1: return .notStartOfTCP
    case 2:
      return .destinationPort(
        flip() ? range(pick([0...65535, 0...1, 9000...9100])) : range(port()))
    case 3: return .layer4(IPProtocol(number: pick([6, 17, 132, 58, 1, UInt8(number(0...255))])))
    case 4:
      let numbers = Set((0..<number(2...20)).map { _ in UInt8(number(0...255)) })
      return .layer4In(numbers.sorted().map(IPProtocol.init(number:)))
    case 5: return .address(field, range(), negated: flip())
    case 6: return .addressIn(field, set: pick(table.sets).name, negated: flip())
    case 7: return .destinationIn(set: pick(table.sets).name)
    case 8...9:
      let name = pick(["eth0", "cali", "veth01234567890", "a", "cni0.100", "flannel-v6.1"])
      return .interface(
        flip() ? .in : .out, InterfaceName(name, isPrefix: flip() && name.utf8.count < 15),
        negated: flip())
    case 10: return .local(field, negated: flip())
    case 11: return .sourceNotOnOutInterface
    case 12: return .sourceNotBehindInInterface
    default:
      let type = UInt8(number(0...200))
      return .icmpv6Type(type...(flip() ? type : type + UInt8(number(0...55))))
    }
  }

  private mutating func statement(_ table: Table) -> Statement {
    switch number(0...4) {
    case 0: .counter
    case 1: .namedCounter(pick(table.counters).name)
    case 2: .limit(perSecond: number(1...100_000), burst: pick([1, 4, 5, 6, 40, 1_000_000]))
    case 3: .log(prefix: pick(["", "netpolc deny-in ", text(127)]), group: number(0...65535))
    default: .updateFlow(set: pick(table.sets).name)
    }
  }

  private mutating func verdict(_ later: [String], _ maps: [String]) -> Verdict? {
    switch number(0...8) {
    case 0: return .accept
    case 1: return .drop
    case 2: return .return
    case 3: return later.randomElement(using: &generator).map { .jump($0) }
    case 4: return later.randomElement(using: &generator).map { .goto($0) }
    case 5:
      return maps.randomElement(using: &generator).map {
        .lookup(flip() ? .source : .destination, map: $0)
      }
    case 6: return .rejectTCP
    case 7: return .rejectProhibited
    default: return nil
    }
  }

  private mutating func elementVerdict(_ targets: [String]) -> Verdict {
    guard let target = targets.randomElement(using: &generator), number(0...3) > 0 else {
      return pick([.accept, .drop, .return])
    }
    return flip() ? .goto(target) : .jump(target)
  }

  private mutating func content() -> SetContent {
    switch number(0...3) {
    case 0: return .hosts(addresses())
    case 1:
      return .ports(
        addresses().flatMap { address in
          (0..<number(1...2)).map { _ in
            EndpointKey(address: address, transport: pick(Transport.allCases), port: port())
          }
        })
    case 2:
      let ranges = flip() ? times(0...5) { $0.range() } : addresses().map { AddressRange($0) }
      return .intervals(AddressSet(ranges).ranges)
    default: return .flows(size: number(1...100_000), timeoutMinutes: number(1...5000))
    }
  }

  // MARK: - Values

  private mutating func addresses() -> [IPAddress] {
    let count = pick([0, 1, 2, 3, 5, 50])
    return Array(Set((0..<count).map { _ in IPAddress(family: family, bits: bits()) }))
  }

  /// Anywhere, the ends included, and sparse addresses, which have the interesting spellings.
  private mutating func bits() -> UInt128 {
    let any = UInt128.random(in: 0...family.highest, using: &generator)
    let other = UInt128.random(in: 0...family.highest, using: &generator)
    switch number(0...9) {
    case 0: return pick([0, 1, family.highest, family.highest - 1])
    case 1: return any & 0xffff_ffff
    case 2 where family == .ipv6: return any & 0xffff_ffff | 0xffff << 32
    case 3...5:
      // Whole groups of zeros.
      var mask: UInt128 = 0
      for _ in 0..<8 { mask = mask << 16 | (flip() ? 0 : 0xffff) }
      return any & mask
    default: return any & other
    }
  }

  private mutating func range() -> AddressRange {
    let first = IPAddress(family: family, bits: bits())
    switch number(0...4) {
    case 0: return AddressRange(first)
    case 1:
      let second = bits()
      return AddressRange(
        family: family, lower: min(first.bits, second), upper: max(first.bits, second))
    case 2: return IPPrefix(first, length: pick([0, 1, 8, 24, 31, 32])).range
    default: return IPPrefix(first, length: number(0...family.width)).range
    }
  }

  private mutating func range(_ choice: ClosedRange<UInt16>) -> ClosedRange<UInt16> { choice }
  private mutating func range(_ port: UInt16) -> ClosedRange<UInt16> { port...port }
  private mutating func port() -> UInt16 { pick([0, 80, 443, 53, UInt16(number(0...65535))]) }

  private mutating func comment() -> String? {
    pick([nil, nil, "", "shop/web-0", text(number(1...128)), text(128)])
  }

  private static let characters = Array("abc XYZ 0.9 {};,#@=!'\\*/|<>()[]%&~^`?:-_é日🙂")

  /// So many bytes, of everything nft can quote.
  private mutating func text(_ longest: Int) -> String {
    var text = ""
    var rest = longest
    while rest > 0 {
      let next = pick(TableMaker.characters)
      let character = next.utf8.count <= rest ? next : "x"
      text.append(character)
      rest -= character.utf8.count
    }
    return text
  }

  private mutating func name() -> String {
    let stems = [
      "pi/shop/drop", "pe/ip/table.accept", "a-1", "counter-x", "ct/state", "g-10.0.0.1", "ip-6",
      "Map/elements", "goto-a", "x/../y_z", "h-\(String(repeating: "long.", count: 50))end",
      "p-0f6b1c2d8e71", "type/verdict", "n/80-90", "t-1d2h", "e/.", "f-",
    ]
    while true {
      let stem = pick(stems)
      let name = used.contains(stem) ? "\(stem)\(number(0...9))" : stem
      if name.utf8.count <= 255, used.insert(name).inserted { return name }
    }
  }

  // MARK: - Choices

  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  private mutating func flip() -> Bool { Bool.random(using: &generator) }

  private mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[number(0...(choices.count - 1))]
  }

  private mutating func times<Element>(
    _ range: ClosedRange<Int>, _ make: (inout TableMaker) -> Element
  ) -> [Element] {
    (0..<number(range)).map { _ in make(&self) }
  }
}
