import NetSets
import Nftables

/// Makes bridge tables that nft loads, of everything the model can say.
package struct BridgeMaker {
  private var generator: SplitMix64

  package static func table(seed: UInt64, name: String) -> BridgeTable {
    var maker = BridgeMaker(generator: SplitMix64(seed: seed ^ 0xb71d6e))
    return maker.table(name)
  }

  private mutating func table(_ name: String) -> BridgeTable {
    let ports = times(0...6) { $0.port() }
    let senders = times(0...12) { $0.sender() }
    let rules = Dictionary(
      uniqueKeysWithValues: BridgeChain.allCases.map { chain in
        (chain, times(0...9) { $0.rule() })
      })
    let table = BridgeTable(
      name: name, comment: pick([nil, "", "netpolc schema=1 node=n1"]), ports: ports,
      senders: senders, rules: rules)
    if table.problems.isEmpty { return table }
    // Chains that lead in a circle.
    return BridgeTable(
      name: name, comment: table.comment, ports: ports, senders: senders,
      rules: rules.mapValues { $0.filter { $0 != .lookAtPorts && $0 != .lookAtTarget } }
        .merging([.hook: [.lookAtPorts], .port: [.lookAtTarget, .drop]]) { $1 })
  }

  private mutating func rule() -> BridgeRule {
    if number(0...2) == 0 {
      return .returnTarget(port: port(), address(.ipv6))
    }
    return pick(BridgeRule.fixed)
  }

  package mutating func sender() -> SenderKey {
    SenderKey(
      port: port(), hardware: hardware(), address: address(pick(IPFamily.allCases)))
  }

  private mutating func port() -> String {
    pick(["veth0", "veth1", "veth10", "vethabcdef01", "a", "cni0.100", "veth01234567890", "x-y_z"])
  }

  private mutating func hardware() -> HardwareAddress {
    let bytes = times(6...6) { UInt8($0.number(0...255)) }
    guard let address = HardwareAddress(bytes: bytes) else { preconditionFailure("six bytes") }
    return address
  }

  private mutating func address(_ family: IPFamily) -> IPAddress {
    let any = UInt128.random(in: 0...family.highest, using: &generator)
    return IPAddress(
      family: family, bits: pick([0, 1, family.highest, any, any, any & 0xffff_0000]))
  }

  private mutating func times<Element>(
    _ range: ClosedRange<Int>, _ make: (inout BridgeMaker) -> Element
  ) -> [Element] {
    (0..<number(range)).map { _ in make(&self) }
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  private mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[number(0...choices.count - 1)]
  }
}
