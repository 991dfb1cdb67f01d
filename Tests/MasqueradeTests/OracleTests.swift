import Compiler
import Diagnostics
import Iptables
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
        let table = Nftables.Table(
          family: family, name: "netpolc", comment: nil, sets: objects?.sets ?? [],
          chains: [objects?.chain].compactMap(\.self))
        #expect(table.problems.isEmpty, "seed \(seed)")
        let evaluator = Nftables.Evaluator(table)
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

  @Test func `iptables' rules are the configuration's meaning`() throws {
    var outcomes: [String: Int] = [:]
    for seed in 0..<600 as Range<UInt64> {
      var maker = MasqueradeMaker(seed: seed)
      let node = maker.node()
      for family in IPFamily.allCases {
        let objects = NATLowering(node, family).objects()
        let table = OwnTable(family: family, entrances: [], chains: [])
        let filter = PacketFilter(
          sets: objects?.sets ?? [], tables: [table] + [objects?.table].compactMap(\.self))
        #expect(filter.problems.isEmpty, "seed \(seed)")
        let evaluator = Iptables.Evaluator(filter, table)
        for _ in 0..<40 {
          let flow = maker.flow(family)
          if flow.isDestinationLocal, !flow.isSourceLocal { continue }
          let seen = evaluator.translation(of: iptablesPacket(flow))
          let (wanted, name) = wanted(node, flow)
          #expect(comparable(seen, of: flow) == wanted, "seed \(seed) \(flow)")
          outcomes[name, default: 0] += 1
        }
      }
    }
    for name in ["bound", "kept", "masqueraded", "translated", "untouched"] {
      #expect(outcomes[name, default: 0] > 300, "\(name) \(outcomes)")
    }
  }

  private func iptablesPacket(_ flow: Masquerade.Flow) -> Iptables.Packet {
    var packet = Iptables.Packet(
      source: flow.source, destination: flow.destination, layer4: flow.layer4)
    packet.path.outInterface = flow.outInterface ?? ""
    packet.path.isSourceLocal = flow.isSourceLocal
    packet.path.isDestinationLocal = flow.isDestinationLocal
    packet.path.isSourceOnOutInterface = flow.isSourceOnOutInterface ?? false
    return packet
  }

  /// In nftables' words: an address mapped into the prefix that it is in is its own.
  private func comparable(
    _ translation: Iptables.SourceTranslation?, of flow: Masquerade.Flow
  ) -> Nftables.SourceTranslation? {
    func ports(_ ports: Iptables.SourcePorts) -> Nftables.SourcePorts {
      let choice: Nftables.SourcePorts.Choice =
        switch ports.choice {
        case .kept: .kept
        case .random: .random
        case .fullyRandom: .fullyRandom
        }
      return Nftables.SourcePorts(ports.range, choice)
    }
    return switch translation {
    case nil: nil
    case .masquerade(let own): .masquerade(ports(own))
    case .address(let address, let own): .address(address, ports(own))
    case .prefix(let prefix):
      prefix.contains(flow.source) ? .own : .address(prefix.base, Nftables.SourcePorts(nil, .kept))
    }
  }

  /// Differences are right and complete: they hold just the flows that have another outcome.
  @Test func `differences are those of generated flows`() {
    var counts = [0, 0]
    for seed in 0..<150 as Range<UInt64> {
      var maker = MasqueradeMaker(seed: seed)
      let old = seed % 7 == 0 ? nil : maker.node()
      let new = maker.node()
      let found = differences(from: old, to: new)
      #expect(differences(from: new, to: new).isEmpty)
      for _ in 0..<60 {
        for family in IPFamily.allCases {
          let flow = maker.flow(family)
          // What ends on the node does not leave it.
          if flow.isDestinationLocal, !flow.isSourceLocal { continue }
          let (before, after) = (source(old, flow), source(new, flow))
          let listed = found.filter {
            $0.sources.contains(flow.source) && $0.destinations.contains(flow.destination)
          }
          if before == after {
            #expect(listed.allSatisfy { $0.example != nil }, "seed \(seed) \(flow)")
          } else {
            #expect(listed.contains { "\($0.before) -> \($0.after)" == "\(before) -> \(after)" })
          }
          counts[before == after ? 0 : 1] += 1
        }
      }
    }
    #expect(counts.allSatisfy { $0 > 1000 }, "\(counts)")
  }

  /// By which source a flow leaves, in the words of a difference.
  private func source(_ node: NodeMasquerade?, _ flow: Masquerade.Flow) -> String {
    let outcome: MasqueradeOutcome =
      switch node?.decision(on: flow) {
      case .translator(.masqueraded): .interface
      case .translator(.translated(let address, _)): .address(address)
      case nil, .bound, .translator: .own
      }
    return outcome.description
  }

  private func packet(_ flow: Masquerade.Flow) -> Nftables.Packet {
    var packet = Nftables.Packet(
      hook: .postrouting, source: flow.source, destination: flow.destination, layer4: flow.layer4)
    packet.path.outInterface = flow.outInterface ?? ""
    packet.path.isSourceLocal = flow.isSourceLocal
    packet.path.isDestinationLocal = flow.isDestinationLocal
    packet.path.isSourceOnOutInterface = flow.isSourceOnOutInterface ?? false
    return packet
  }

  private func wanted(
    _ node: NodeMasquerade, _ flow: Masquerade.Flow
  ) -> (Nftables.SourceTranslation?, String) {
    switch (node.mode, node.decision(on: flow)) {
    case (_, .bound): return (.own, "bound")
    case (.own, .translator(.masqueraded(let rule))):
      guard case .masquerade(let ports) = rule.action else { return (nil, "wrong") }
      return (.masquerade(Nftables.SourcePorts(ports.range, choice(ports.choice))), "masqueraded")
    case (.own, .translator(.translated(let address, let rule))):
      guard case .address(_, let ports) = rule.action else { return (nil, "wrong") }
      return (
        .address(address, Nftables.SourcePorts(ports.range, choice(ports.choice))), "translated"
      )
    case (_, .translator(.kept)): return (nil, "kept")
    case (_, .translator(.depends)): return (.own, "the flow knows its interface")
    // Others' rules are not ours.
    case (_, .translator): return (nil, "untouched")
    }
  }

  private func choice(_ choice: Masquerade.Ports.Choice) -> Nftables.SourcePorts.Choice {
    switch choice {
    case .fully: .fullyRandom
    case .prng: .random
    case .none: .kept
    }
  }
}
