import Backends
import Compiler
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

/// Text of manifests, piece by piece.
enum Manifest {
  static func pod(
    _ name: String, namespace: String = "shop", labels: String = "", node: String? = nil,
    _ addresses: String...
  ) -> String {
    """
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: "\(name)", namespace: "\(namespace)", labels: {\(labels)}}
    spec: {\(node.map { "nodeName: \($0)" } ?? "")}
    status: {podIPs: [\(addresses.map { "{ip: \"\($0)\"}" }.joined(separator: ", "))]}

    """
  }

  /// - Parameter spec: in flow style, on one line.
  static func policy(_ name: String, namespace: String = "shop", _ spec: String) -> String {
    """
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: "\(name)", namespace: "\(namespace)"}
    spec: {\(spec)}

    """
  }
}

/// The ruleset of manifests, which must be one that nft takes.
func ruleset(
  _ yaml: String, for scope: Scope = Scope(), _ options: NftablesOptions = NftablesOptions(),
  file: String = "test.yaml", sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> Ruleset {
  let ruleset = lower(try compileText(yaml, for: scope, file: file).graph, options).ruleset
  #expect(ruleset.problems == [], sourceLocation: sourceLocation)
  return ruleset
}

extension Ruleset {
  /// The table of IPv4.
  var ip: Table {
    get throws { try #require(tables.first { $0.family == .ipv4 }) }
  }

  /// The table of IPv6.
  var ip6: Table {
    get throws { try #require(tables.first { $0.family == .ipv6 }) }
  }
}

extension Table {
  func chain(_ name: String) throws -> Chain {
    try #require(chains.first { $0.name == name }, "there are \(chains.map(\.name))")
  }

  /// The chains that policies and groups of them have.
  var policyChains: [String] {
    chains.map(\.name).filter { name in
      ["pi/", "pe/", "gi-", "ge-"].contains { name.hasPrefix($0) }
    }
  }

  /// A chain's rules as nft writes them, without counters and comments.
  func rules(_ name: String) throws -> [String] {
    try chain(name).rules.map { rule in
      Rule(rule.matches, rule.statements.filter { $0 != .counter }, rule.verdict)
        .text(family: family)
    }
  }
}
