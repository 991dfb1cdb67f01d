import Iptables
import NetSets
import Nftables

/// What a node is to enforce, by one firewall.
package enum NodeRules: Hashable, Sendable {
  case nftables(Ruleset)
  case iptables(PacketFilter, IptablesVariant)

  package var firewall: Firewall {
    switch self {
    case .nftables: .nftables
    case .iptables(_, let variant): .iptables(variant)
    }
  }

  /// Whether TCP connections of isolated pods must start with SYN.
  package var demandsSYN: Bool {
    switch self {
    case .nftables(let ruleset):
      ruleset.tables.flatMap(\.chains).flatMap(\.rules).contains {
        $0.matches.contains(.notStartOfTCP)
      }
    case .iptables(let filter, _):
      filter.tables.flatMap(\.chains).flatMap(\.rules).contains {
        $0.matches.contains(.notStartOfTCP)
      }
    }
  }
}

/// Where rules can be. What one lets pass the others still decide about.
package enum Firewall: Hashable, Sendable {
  case nftables
  case iptables(IptablesVariant)

  package static let all = [Firewall.nftables] + IptablesVariant.allCases.map { .iptables($0) }
}

extension Firewall: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nftables: "nftables"
    case .iptables(let variant): "iptables (\(variant.rawValue))"
    }
  }
}

/// What differs between two states of one firewall, in one family.
package enum RulesDifference: Sendable {
  case nftables(TableDifference)
  case bridge(BridgeDifference)
  case iptables(FilterDifference)
}

extension NodeRules {
  /// What leads from these rules to nothing.
  package var removal: [RulesDifference] {
    switch self {
    case .nftables(let ruleset):
      ruleset.difference(to: Ruleset(tables: [])).parts
    case .iptables(let filter, _):
      filter.difference(to: PacketFilter(sets: [], tables: [])).map { .iptables($0) }
    }
  }
}

extension RulesetDifference {
  /// Table by table.
  package var parts: [RulesDifference] {
    tables.map { .nftables($0) } + [bridge.map { .bridge($0) }].compactMap(\.self)
  }
}
