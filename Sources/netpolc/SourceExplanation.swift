import Compiler
import Diagnostics
import Kubernetes
import Masquerade
import NetSets
import PolicyModel

/// By which source address a connection leaves the node of its source: for `explain --nat`.
struct SourceExplanation {
  let flow: Masquerade.Flow
  let masquerade: NodeMasquerade
  /// The node that is meant; nil when none is known.
  let node: String?

  /// - Throws: when nothing says what is translated.
  init(
    from: Party, to: Party, _ layer4: Connection.Layer4, _ options: RulesetOptions,
    outInterface: String?, _ compilation: Compilation
  ) throws {
    guard let source = from.address, let destination = to.address else {
      throw Console.fail("--nat is about addresses, and one end has none", .badInput)
    }
    let cluster = compilation.input.cluster
    let node = options.node ?? SourceExplanation.node(of: from, compilation)
    guard
      let masquerade = try options.masquerade.masquerade(
        compilation.input, node: node, isIptables: options.backend == .iptables)
    else {
      throw Console.fail(
        "nothing says what is translated: the input has no IPPool; give --masq-from or "
          + "--masq-config", .badInput)
    }
    let own = node.map { SourceExplanation.addresses(of: $0, in: cluster) } ?? []
    flow = Masquerade.Flow(
      source: source, destination: destination, layer4: layer4.ipProtocol(in: source.family),
      outInterface: outInterface, isSourceLocal: own.contains(source),
      isDestinationLocal: own.contains(destination))
    self.masquerade = masquerade
    self.node = node
  }

  /// The node whose rules a connection meets first: the one of the pod it starts at, or the one that
  /// has its source for an address.
  private static func node(of party: Party, _ compilation: Compilation) -> String? {
    if let index = party.endpoint {
      let reference = compilation.graph.endpoints[index].reference
      return compilation.input.cluster.pods.first { $0.reference == reference }?.node
    }
    return compilation.input.cluster.nodes.first { node in
      party.address.map((node.addresses + node.tunnelAddresses).contains) ?? false
    }?.name
  }

  /// As the node says, and its pods of it.
  private static func addresses(of node: String, in cluster: Cluster) -> Set<IPAddress> {
    let said = cluster.nodes.first { $0.name == node }.map { $0.addresses + $0.tunnelAddresses }
    return Set(said ?? []).union(cluster.pods.filter { $0.node == node }.flatMap(\.hostAddresses))
  }

  private var decision: NodeMasquerade.Decision { masquerade.decision(on: flow) }

  /// - Parameter isAllowed: whether it gets as far as that.
  func text(isAllowed: Bool) -> String {
    let node = node.map { " \($0)" } ?? ""
    let leaves = isAllowed ? "LEAVES    the node\(node) as" : "would leave the node\(node) as"
    let because = reasons.isEmpty ? "" : ": \(reasons.map(\.text).joined(separator: ", "))"
    return switch decision {
    case .bound: "\(leaves) \(flow.source), whatever others translate\(because)"
    case .translator(.endsHere):
      isAllowed
        ? "ENDS      on the node\(node), where no source is translated"
        : "would end on the node\(node), where no source is translated"
    case .translator(.untouched):
      "\(leaves) \(flow.source)\(because.isEmpty ? ": no rule of \(translator) holds" : because)"
    case .translator(.kept): "\(leaves) \(flow.source)\(because)"
    case .translator(.masqueraded):
      "\(leaves) the address of the interface that it leaves by\(because)"
    case .translator(.translated(let address, _)): "\(leaves) \(address)\(because)"
    case .translator(.depends):
      "\(leaves) an address that depends on the interface that it leaves by (--out-iface)\(because)"
    }
  }

  private var translator: String { masquerade.masquerade.profile.rawValue }

  /// One thing that decides, with its place in the user's files.
  private struct Reason {
    let words: String
    let location: SourceLocation?

    var text: String { location.map { "\(words) \($0.fileAndLine)" } ?? words }
    var json: JSON {
      ["words": .string(words), "source": location?.json ?? .null]
    }
  }

  private var reasons: [Reason] {
    switch decision {
    case .bound(let kept):
      [source(in: kept.pods), destination(in: kept.destinations)]
        .compactMap(\.self)
    case .translator(.endsHere): []
    case .translator(.untouched): [skipping].compactMap(\.self)
    case .translator(.kept(let rule)), .translator(.masqueraded(let rule)),
      .translator(.translated(_, let rule)), .translator(.depends(let rule)):
      reasons(rule)
    }
  }

  /// The range because of which a rule does not hold that would translate the source else.
  private var skipping: Reason? {
    let translated = masquerade.masquerade.rules.filter { rule in
      rule.conditions.contains { condition in
        if case .source(let name, negated: false) = condition {
          masquerade.masquerade.group(name).addresses.contains(flow.source)
        } else {
          false
        }
      }
    }
    return translated.flatMap(\.conditions).lazy.compactMap { condition in
      if case .destination(let name, negated: true) = condition {
        destination(in: masquerade.masquerade.group(name))
      } else {
        nil
      }
    }.first
  }

  /// The rule's own, then the ranges that its conditions found.
  private func reasons(_ rule: Masquerade.Rule) -> [Reason] {
    [Reason(words: rule.origin.words, location: rule.origin.location)]
      + rule.conditions.compactMap { condition in
        switch condition {
        case .source(let name, _): source(in: masquerade.masquerade.group(name))
        case .destination(let name, _): destination(in: masquerade.masquerade.group(name))
        case .outInterface(let pattern, let negated):
          Reason(
            words: "by an interface \(negated ? "other than" : "named") \(pattern)", location: nil)
        case .family, .sourceIsLocal, .destinationIsLocal, .sourceNotOnOutInterface, .transport: nil
        }
      }
  }

  private func source(in group: AddressGroup) -> Reason? {
    group.origin(of: flow.source).map {
      Reason(words: "source in \($0.words)", location: $0.location)
    }
  }

  private func destination(in group: AddressGroup) -> Reason? {
    group.origin(of: flow.destination).map {
      Reason(words: "destination in \($0.words)", location: $0.location)
    }
  }

  /// The member `nat` of `netpolc.explain/v1`.
  var json: JSON {
    let own = JSON.string(flow.source.description)
    let (action, address): (String, JSON) =
      switch decision {
      case .bound, .translator(.kept), .translator(.untouched): ("keep", own)
      case .translator(.endsHere): ("none", own)
      case .translator(.masqueraded): ("masquerade", .null)
      case .translator(.translated(let address, _)): ("snat", .string(address.description))
      case .translator(.depends): ("unknown", .null)
      }
    return [
      "mode": .string(masquerade.mode.rawValue), "translator": .string(translator),
      "node": node.map { .string($0) } ?? .null, "action": .string(action), "address": address,
      "reasons": .array(reasons.map(\.json)),
    ]
  }
}
