import Backends
import Compiler
import Diagnostics
import Manifests
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

/// A NetworkPolicy with the given spec, whose first line is line 5 of the text, indented by two.
func policy(_ spec: String, named name: String = "p", in namespace: String = "x") -> String {
  let lines = spec.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
  return """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: "\(name)", namespace: "\(namespace)"}
    spec:
    \(lines.joined(separator: "\n"))
    """
}

/// The grid's graph with the given policies and other objects.
func graph(
  _ objects: String..., in grid: Grid = Grid(), for scope: Scope = Scope()
) throws -> PolicyGraph {
  var grid = grid
  grid.objects += objects
  return try compileText(grid.yaml, for: scope).graph
}

/// What is said about the text: `line:column: severity: message [code]`, then ` | ` and the hint.
func said(about yaml: String, for scope: Scope = Scope()) -> [String] {
  var diagnostics = Diagnostics()
  _ = compile([ManifestFile(path: "f.yaml", bytes: Array(yaml.utf8))], for: scope, &diagnostics)
  return diagnostics.sorted.map { diagnostic in
    let headline = String(diagnostic.headline.trimmingPrefix("f.yaml:"))
    return diagnostic.hint.map { "\(headline) | \($0)" } ?? headline
  }
}

/// An address of one family: a grid pod's by its name, any other as written.
func address(_ text: String, _ family: IPFamily = .ipv4) throws -> IPAddress {
  let pod = Grid().pods.first { $0.fullName == text }
  return try #require(IPAddress(pod?.address(family) ?? text), "\(text) is an address")
}

extension PolicyGraph {
  func decision(
    _ source: String, _ destination: String, _ layer4: Connection.Layer4, _ family: IPFamily
  ) throws -> Decision {
    decision(
      on: Connection(
        from: try address(source, family), to: try address(destination, family), layer4))
  }

  /// Whether a connection between grid pods, or from or to a written address, is allowed. Between
  /// pods, both families must agree.
  func allows(
    _ source: String, _ destination: String, _ layer4: Connection.Layer4,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> Bool {
    let written = [source, destination].first { !Grid.names.contains($0) }
    if let written {
      return try decision(source, destination, layer4, try address(written).family).isAllowed
    }
    let decisions = try IPFamily.allCases.map { family in
      try decision(source, destination, layer4, family).isAllowed
    }
    #expect(decisions[0] == decisions[1], "families agree", sourceLocation: sourceLocation)
    return decisions[0]
  }

  func allows(
    _ source: String, _ destination: String, _ transport: Transport = .tcp, _ port: UInt16 = 80,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> Bool {
    try allows(
      source, destination, .transport(transport, port: port), sourceLocation: sourceLocation)
  }

  /// Why one side of an IPv4 connection decides as it does: `allowed by p ingress[0].from[1]`.
  func reason(
    _ direction: Direction, _ source: String, _ destination: String, _ transport: Transport = .tcp,
    _ port: UInt16 = 80
  ) throws -> String {
    let decision = try decision(source, destination, .transport(transport, port: port), .ipv4)
    switch direction == .ingress ? decision.ingress : decision.egress {
    case .notPoliced: return "not policed"
    case .notIsolated: return "not isolated"
    case .exempt: return "exempt"
    case .allowed(let part): return "allowed by \(part.policy.name) \(part.path)"
    case .denied(let part): return "denied by \(part.policy.name) \(part.path)"
    case .isolated(let by):
      return "isolated by \(by.map { policies[$0].reference.name }.joined(separator: ", "))"
    case .audited(let by):
      return "audited by \(by.map { policies[$0].reference.name }.joined(separator: ", "))"
    case .unknownPod: return "unknown pod"
    }
  }

  /// What the ruleset made of this graph does with a packet, by default one that opens a
  /// connection.
  func evaluation(
    _ source: String, _ destination: String, _ layer4: IPProtocol = .tcp, _ port: UInt16 = 80,
    hook: Hook = .forward, icmpType: UInt8? = nil, state: ConnectionState = .new
  ) throws -> Evaluation {
    let source = try address(source)
    let packet = Packet(
      hook: hook, source: source, destination: try address(destination, source.family),
      layer4: layer4, destinationPort: port, icmpType: icmpType, state: state)
    return try table(source.family).evaluate(packet)
  }

  func table(_ family: IPFamily) throws -> Table {
    let tables = lower(self, NftablesOptions()).ruleset.tables
    return try #require(tables.first { $0.family == family })
  }
}
