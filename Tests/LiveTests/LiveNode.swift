import Glibc
import Host
import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

/// The node of a laboratory on which the built `netpolc` works, with its record in a directory of
/// the test's own.
final class LiveNode {
  let laboratory: Laboratory
  let scratch = try? Scratch()
  private let directory: String
  private var started = 0

  /// - Parameter tracks: whether the node has tracked connections before, as most have.
  convenience init(podAttachment: LabHost.Attachment = .routed, tracks: Bool = true) throws {
    try self.init(LabFixture(podAttachment: podAttachment), tracks: tracks)
  }

  /// - Parameter fixture: with a gamma, and a host at 203.0.113.9.
  init(_ fixture: LabFixture, tracks: Bool = true) throws {
    laboratory = try fixture.laboratory()
    directory = try #require(scratch).path
    guard tracks else { return }
    try laboratory.load(
      ruleset: """
        table inet tracking {
          chain forward { type filter hook forward priority 0; ct state established accept; }
        }
        """)
    _ = try laboratory.run([
      LabAttempt(.udp, from: "gamma", to: parse("203.0.113.9"), port: 9)
    ])
    try laboratory.flushRuleset()
  }

  var stateDirectory: String { "\(directory)/state" }

  /// Runs `netpolc`, by default for the record in `stateDirectory`.
  @discardableResult
  func netpolc(_ arguments: String..., expecting status: Int32? = 0) throws -> ProcessResult {
    let result = try laboratory.runInNode(
      [Program.path] + arguments + ["--state-dir", stateDirectory])
    if let status {
      #expect(result.status == status, "netpolc \(arguments): \(result.errors)\(result.output)")
    }
    return result
  }

  /// Runs `netpolc apply` with the cluster and these policies.
  @discardableResult
  func apply(
    _ policies: [String], _ arguments: String..., expecting status: Int32? = 0
  ) throws -> ProcessResult {
    let result = try laboratory.runInNode(try applying(policies) + arguments)
    if let status {
      #expect(result.status == status, "netpolc apply \(arguments): \(result.errors)")
    }
    return result
  }

  /// Starts `netpolc apply`, and goes on.
  func startApply(_ policies: [String], _ arguments: String...) throws -> BackgroundProcess {
    started += 1
    return try laboratory.startInNode(
      try applying(policies) + arguments, output: "\(directory)/output-\(started)")
  }

  func applying(_ policies: [String]) throws -> [String] {
    // A name of its own each, for one that was started may read it late.
    started += 1
    let manifest = "manifest-\(started).yaml"
    try scratch?.write(manifest, Policies.manifest(policies))
    return [
      Program.path, "apply", "-f", "\(directory)/\(manifest)", "--node", "n1", "--state-dir",
      stateDirectory,
    ]
  }

  /// The rules in nft's words, with handles and counters.
  func rules() throws -> String { try laboratory.nft(["-a", "list", "ruleset"]) }

  /// What our tables hold.
  func installed() throws -> Ruleset {
    try NetlinkKernel(in: laboratory.nodeNamespace).read(table: "netpolc").ruleset
  }

  /// The kernel's number for the tracked connection that was opened from there.
  func entry(from client: LabReceiver) throws -> UInt32? {
    try Conntrack(in: laboratory.nodeNamespace).entries().first {
      $0.original.source == client.address && $0.original.sourcePort == client.port
    }?.id
  }

  /// Whether our tables hold that, whatever the order in which the kernel lists them.
  func holds(_ ruleset: Ruleset) throws -> Bool {
    try installed().difference(to: ruleset).isEmpty
  }

  /// The generation that `status` names; checks that all is as it was applied.
  @discardableResult
  func cleanGeneration() throws -> String? {
    let status = try netpolc("status")
    #expect(status.output.contains("drift      none"))
    return status.output.split(separator: "\n").first.map {
      "\($0.split(separator: " ").last ?? "")"
    }
  }
}

/// Policies about the pods of `LabFixture`, and the cluster that they are in.
enum Policies {
  static func manifest(_ policies: [String]) -> String {
    ([cluster] + policies).joined(separator: "\n---\n") + "\n"
  }

  /// The peer that is one pod.
  static func pod(_ name: String) -> String { "podSelector: {matchLabels: {app: \(name)}}" }

  static let outside = [
    "ipBlock: {cidr: 203.0.113.9/32}", "ipBlock: {cidr: '2001:db8::9/128'}",
  ]

  /// What a pod may receive, and from whom; nothing else.
  static func ingress(_ app: String, from peers: [String], name: String? = nil) -> String {
    policy(app, "Ingress", "ingress", peers.isEmpty ? nil : "from", peers, name)
  }

  /// What a pod may send, and to whom; nothing else.
  static func egress(_ app: String, to peers: [String], name: String? = nil) -> String {
    policy(app, "Egress", "egress", peers.isEmpty ? nil : "to", peers, name)
  }

  /// The same policy on trial.
  static func audited(_ policy: String) -> String {
    policy.replacing(
      "namespace: shop}", with: "namespace: shop, annotations: {netpolc.dev/audit: 'true'}}")
  }

  private static func policy(
    _ app: String, _ type: String, _ list: String, _ side: String?, _ peers: [String],
    _ name: String?
  ) -> String {
    let rules = side.map { "{\($0): [\(peers.map { "{\($0)}" }.joined(separator: ", "))]}" } ?? ""
    return """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: \(name ?? "\(app)-\(list)"), namespace: shop}
      spec:
        podSelector: {matchLabels: {app: \(app)}}
        policyTypes: [\(type)]
        \(list): [\(rules)]
      """
  }

  /// A pod that the laboratory does not have.
  static func stranger(_ number: Int, app: String = "stranger") -> String {
    pod("stranger-\(number)", app, "10.244.1.\(100 + number % 100)", "fd00:244::2:\(number)")
  }

  private static func pod(_ name: String, _ app: String, _ ipv4: String, _ ipv6: String) -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name), namespace: shop, labels: {app: \(app)}}
    spec: {nodeName: n1}
    status: {phase: Running, podIP: \(ipv4), podIPs: [{ip: \(ipv4)}, {ip: '\(ipv6)'}]}
    """
  }

  private static let cluster = [
    """
    {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n1}
    spec: {podCIDR: 10.244.1.0/24, podCIDRs: [10.244.1.0/24, 'fd00:244::/64']}
    status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
    """,
    pod("alpha", "alpha", "10.244.1.1", "fd00:244::1:1"),
    pod("beta", "beta", "10.244.1.2", "fd00:244::1:2"),
    pod("gamma", "gamma", "10.244.1.3", "fd00:244::1:3"),
  ].joined(separator: "\n---\n")
}

extension LabReceiver {
  /// An address as text, and a port.
  init(_ address: String, _ port: UInt16) throws { self.init(try parse(address), port) }
}

extension LiveNode {
  /// The number of changes that the kernel has seen.
  func kernelGeneration() throws -> UInt32 {
    try NetlinkKernel(in: laboratory.nodeNamespace).read(table: "netpolc").generation
  }

  /// Every object and rule that is no element.
  func withoutElements() throws -> [Transaction.Step] {
    let ruleset = try installed()
    return Transaction(
      from: Installed(generation: 0, ruleset: Ruleset(tables: []), handles: [:]), to: ruleset,
      table: "netpolc"
    ).steps.filter {
      switch $0.operation {
      case .addElements, .addVerdicts: false
      default: true
      }
    }
  }
}
