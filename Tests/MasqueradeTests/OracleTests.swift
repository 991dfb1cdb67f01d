import Compiler
import Diagnostics
import Kubernetes
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

@testable import Backends
@testable import Masquerade

/// What the rules of a backend do with a packet is what `decision(on:)` says, on generated
/// configurations and packets.
@Suite struct MasqueradeOracleTests {
  @Test func `nftables' rules are the configuration's meaning`() throws {
    var outcomes: [String: Int] = [:]
    for seed in 0..<600 as Range<UInt64> {
      var maker = MasqueradeMaker(seed: seed)
      let node = maker.node()
      for family in IPFamily.allCases {
        let objects = MasqueradeLowering(node, family).objects()
        let table = Table(
          family: family, name: "netpolc", comment: nil, sets: objects?.sets ?? [],
          chains: [objects?.chain].compactMap(\.self))
        #expect(table.problems.isEmpty, "seed \(seed)")
        let evaluator = Evaluator(table)
        for _ in 0..<40 {
          let flow = maker.flow(family)
          // Nothing asks rules about what ends on the node.
          if flow.isDestinationLocal, !flow.isSourceLocal { continue }
          let seen = evaluator.evaluate(packet(flow)).translation
          let (wanted, name) = wanted(node, flow)
          #expect(seen == wanted, "seed \(seed) \(flow) \(node.masquerade.profile)")
          outcomes[name, default: 0] += 1
        }
      }
    }
    // Nothing is tested by flows of one kind.
    for name in ["bound", "kept", "masqueraded", "translated", "untouched"] {
      #expect(outcomes[name, default: 0] > 300, "\(name) \(outcomes)")
    }
  }

  private func packet(_ flow: Masquerade.Flow) -> Packet {
    var packet = Packet(
      hook: .postrouting, source: flow.source, destination: flow.destination, layer4: flow.layer4)
    packet.path.outInterface = flow.outInterface ?? ""
    packet.path.isSourceLocal = flow.isSourceLocal
    packet.path.isDestinationLocal = flow.isDestinationLocal
    packet.path.isSourceOnOutInterface = flow.isSourceOnOutInterface ?? false
    return packet
  }

  private func wanted(
    _ node: NodeMasquerade, _ flow: Masquerade.Flow
  ) -> (SourceTranslation?, String) {
    switch (node.mode, node.decision(on: flow)) {
    case (_, .bound): return (.own, "bound")
    case (.own, .translator(.masqueraded(let rule))):
      guard case .masquerade(let ports) = rule.action else { return (nil, "wrong") }
      return (.masquerade(SourcePorts(ports.range, choice(ports.choice))), "masqueraded")
    case (.own, .translator(.translated(let address, let rule))):
      guard case .address(_, let ports) = rule.action else { return (nil, "wrong") }
      return (.address(address, SourcePorts(ports.range, choice(ports.choice))), "translated")
    case (_, .translator(.kept)): return (nil, "kept")
    case (_, .translator(.depends)): return (.own, "the flow knows its interface")
    // Others' rules are not ours.
    case (_, .translator): return (nil, "untouched")
    }
  }

  private func choice(_ choice: Masquerade.Ports.Choice) -> SourcePorts.Choice {
    switch choice {
    case .fully: .fullyRandom
    case .prng: .random
    case .none: .kept
    }
  }
}
