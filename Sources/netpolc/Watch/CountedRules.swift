import Backends
import Diagnostics
import Host
import NetSets
import Netfilter
import Nftables
import PolicyModel

/// What decides, with what it has counted since it was made: rules that come from one part of a
/// policy, in both families.
struct CountedRules {
  /// What rules say that they come from.
  struct Origin: Hashable, Comparable {
    /// The rule's comment: policy, part, file and line.
    let text: String
    let direction: Direction
    let verdict: Verdict
    /// By `NAMESPACE/NAME`, as far as the kernel's comments have room.
    let policies: [String]

    enum Verdict: String {
      case allow
      case deny
      /// What an audited policy would deny.
      case wouldDeny = "would-deny"
    }

    static func < (left: Origin, right: Origin) -> Bool {
      (left.text, left.direction.rawValue) < (right.text, right.direction.rawValue)
    }
  }

  private let kernel: NetlinkKernel
  private var origins: [Place: Origin] = [:]
  private var generation: UInt32?

  private struct Place: Hashable {
    let family: IPFamily
    let chain: String
    let handle: RuleHandle
  }

  init(_ namespace: NetworkNamespace) throws { kernel = try NetlinkKernel(in: namespace) }

  /// nil when there are no rules of ours.
  mutating func counts() throws(KernelFailure) -> [Origin: PacketCount]? {
    let generation = try kernel.generation()
    if generation != self.generation {
      let installed = try kernel.read(table: "netpolc")
      origins = CountedRules.origins(installed)
      self.generation = installed.generation
      if installed.ruleset.tables.isEmpty { return nil }
    } else if origins.isEmpty {
      return [:]
    }
    var counts: [Origin: PacketCount] = [:]
    for rule in try kernel.ruleCounts(table: "netpolc") {
      let place = Place(family: rule.family, chain: rule.chain, handle: rule.handle)
      guard let origin = origins[place] else { continue }
      counts[origin, default: PacketCount()] += rule.count
    }
    return counts
  }

  private static func origins(_ installed: Installed) -> [Place: Origin] {
    var origins: [Place: Origin] = [:]
    for table in installed.ruleset.tables {
      for chain in table.chains {
        let handles =
          installed.handles[Installed.ChainName(table.family, chain.name)] ?? []
        for (rule, handle) in zip(chain.rules, handles) {
          origins[Place(family: table.family, chain: chain.name, handle: handle)] =
            Origin(rule, chain)
        }
      }
    }
    return origins
  }
}

extension CountedRules.Origin {
  /// nil for a rule that goes on to others that count, and for those that no policy asked for.
  fileprivate init?(_ rule: Rule, _ chain: Chain) {
    guard let comment = rule.comment else { return nil }
    switch rule.verdict {
    case .accept?: verdict = .allow
    case let verdict? where verdict.isDenial: self.verdict = .deny
    case nil where chain.countsAudit: verdict = .wouldDeny
    case nil, .drop?, .return?, .jump?, .goto?, .lookup?, .rejectTCP?, .rejectProhibited?,
      .translate?:
      return nil
    }
    text = comment
    // Chains are named for the side that they are about: pi/…, ai/…, gi-…, pe/…, ae/…, ge-….
    direction = chain.name.dropFirst().hasPrefix("i") ? .ingress : .egress
    let names = chain.comment?.split(separator: " ").map { $0.filter { $0 != "," } } ?? []
    policies = names.filter { $0.contains("/") }
  }
}
