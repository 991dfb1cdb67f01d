import Backends
import Compiler
import Diagnostics
import NetSets
import Nftables

/// The ruleset of a node of any size, as the compiler would write it: every local pod isolated in
/// both directions, one group and one chain a policy and direction, eleven rules a chain, and one
/// set of peers a policy.
struct NodeRuleset {
  var pods: Int
  var policies: Int
  /// Addresses in the policies' sets, all together.
  var peers: Int
  var families = IPFamily.allCases

  static let rulesPerPolicy = 11
  /// What the last rule of every policy allows, by UDP and from anywhere in the cluster.
  static let openPort: UInt16 = 7777

  var ruleset: Ruleset {
    // What is the same for every node is the compiler's own.
    var diagnostics = Diagnostics()
    let input = readInput([], &diagnostics)
    let graph = resolve(
      input.policies, in: input.cluster, for: Scope(node: "node-1"), &diagnostics)
    let tables = lower(graph, NftablesOptions(node: "node-1")).ruleset.tables
    return Ruleset(
      tables: tables.filter { families.contains($0.family) }.map { table in
        var table = table
        fill(&table)
        return table
      })
  }

  private func fill(_ table: inout Table) {
    for index in table.maps.indices {
      let map = table.maps[index]
      let prefix = map.name == "pods-in" ? "gi-" : "ge-"
      table.maps[index] = VerdictMap(
        name: map.name, comment: map.comment,
        elements: (0..<pods).map { pod in
          VerdictElement(
            address: NodeRuleset.pod(pod, table.family), comment: "shop/pod-\(pod)",
            verdict: .goto(prefix + hash(pod % policies)))
        })
    }
    let size = peers / policies
    table.sets =
      (0..<policies).map { policy in
        NamedSet(
          name: "p-\(hash(policy))", comment: "ns=shop pod{app=app-\(policy)}",
          content: .hosts(
            (policy * size..<(policy + 1) * size).map { NodeRuleset.peer($0, table.family) }))
      }
      + [
        NamedSet(
          name: NodeRuleset.portSet, comment: "port http/TCP of each pod",
          content: .ports(
            (0..<pods).map {
              EndpointKey(
                address: NodeRuleset.pod($0, table.family), transport: .tcp, port: 8080)
            }))
      ] + table.sets
    for side in ["i", "e"] {
      let end = side == "i" ? "g-deny-in" : "g-deny-eg"
      for policy in 0..<policies {
        let name = "p\(side)/shop/policy-\(policy)"
        table.chains.append(
          Chain(
            name: name, comment: "NetworkPolicy shop/policy-\(policy)",
            rules: NodeRuleset.rules(policy, table.family, side == "i" ? .source : .destination)))
        table.chains.append(
          Chain(
            name: "g\(side)-\(hash(policy))", comment: "shop/policy-\(policy)",
            rules: [
              Rule([], [], .jump("g-new")), Rule([], [], .jump(name)),
              Rule([], [.counter], .goto(end), comment: "isolated by shop/policy-\(policy)"),
            ]))
      }
    }
  }

  /// Ten that ask for TCP from the policy's peers, blocks and single addresses, then an open one.
  static func rules(_ policy: Int, _ family: IPFamily, _ peer: AddressField) -> [Rule] {
    func allow(_ port: UInt16, _ number: Int, _ match: Match) -> Rule {
      Rule(
        [.destinationPort(port...port), .layer4(.tcp), match], [.counter], .accept,
        comment: "shop/policy-\(policy): rule \(number)")
    }
    let block = IPPrefix(NodeRuleset.peer(0, family), length: family.width / 4).range
    let set = "p-\(hash(policy))"
    let tests = (0..<rulesPerPolicy - 1).map { number in
      let port = UInt16(8000 + number)
      return switch number % 4 {
      case 0: allow(port, number, .address(peer, block, negated: false))
      case 1:
        allow(
          port, number,
          .address(peer, AddressRange(NodeRuleset.peer(number, family)), negated: false))
      default: allow(port, number, .addressIn(peer, set: set))
      }
    }
    return tests + [
      Rule(
        [
          .destinationPort(openPort...openPort), .layer4(.udp),
          .address(
            peer, IPPrefix(NodeRuleset.pod(0, family), length: family.width / 4).range,
            negated: false),
        ], [.counter], .accept, comment: "shop/policy-\(policy): rule 10")
    ]
  }

  /// One more local pod of the first policy, eight elements, and the same taken back.
  func podSteps(number: Int) -> (add: [Transaction.Step], remove: [Transaction.Step]) {
    var add: [Transaction.Step] = []
    var remove: [Transaction.Step] = []
    for family in families {
      let address = NodeRuleset.pod(number, family)
      for (map, prefix) in [("pods-in", "gi-"), ("pods-eg", "ge-")] {
        let element = VerdictElement(
          address: address, comment: "shop/pod-\(number)", verdict: .goto(prefix + hash(0)))
        add.append(Transaction.Step(family, .addVerdicts(map: map, [element])))
        remove.append(Transaction.Step(family, .deleteVerdicts(map: map, [address])))
      }
      let port = EndpointKey(address: address, transport: .tcp, port: 8080)
      let elements: [(String, SetElement)] = [
        ("p-\(hash(0))", .address(address)), (NodeRuleset.portSet, .endpoint(port)),
      ]
      for (set, element) in elements {
        add.append(Transaction.Step(family, .addElements(set: set, [element])))
        remove.append(Transaction.Step(family, .deleteElements(set: set, [element])))
      }
    }
    return (add, remove)
  }

  static let portSet = "n-0f6b1c2d8e71"

  static func pod(_ number: Int, _ family: IPFamily) -> IPAddress { address(0, number, family) }

  static func peer(_ number: Int, _ family: IPFamily) -> IPAddress { address(1, number, family) }

  /// Pods below 10.0.0.0 and fd00::, others below 10.128.0.0 and fd00:1::.
  private static func address(_ block: Int, _ number: Int, _ family: IPFamily) -> IPAddress {
    let base: UInt128 =
      switch family {
      case .ipv4: 0x0a00_0001 + UInt128(block) << 23
      case .ipv6: 0xfd00 << 112 + UInt128(block) << 96 + 1
      }
    return IPAddress(family: family, bits: base + UInt128(number))
  }
}

/// Twelve digits that look like a hash.
private func hash(_ number: Int) -> String {
  let text = String(UInt64(number + 1) &* 0x9e37_79b9_7f4a_7c15, radix: 16)
  return String((text + "000000000000").prefix(12))
}
