import Glibc
import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// `netpolc watch`, with real packets.
  @Suite struct WatchTests {
    private let node: LiveNode
    private let laboratory: Laboratory
    private let policies = [
      Policies.ingress("beta", from: [Policies.pod("alpha")]), Policies.egress("gamma", to: []),
    ]

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
    }

    /// Starts it, sends packets, and gives what it said and how it ended.
    private func watch(
      _ arguments: String..., sending attempts: [LabAttempt]
    ) throws -> (said: String, status: Int32) {
      let manifest = "\(node.stateDirectory)-manifest.yaml"
      try writeFile(manifest, Policies.manifest(policies))
      let watch = try laboratory.startInNode(
        [Program.path, "watch", "--denies", "-f", manifest, "--for", "2s"] + arguments,
        output: "\(node.stateDirectory)-watch")
      #expect(watch.waitForOutput("listening"))
      _ = try laboratory.run(attempts)
      let status = watch.wait()
      return (watch.output, status)
    }

    private func attempt(
      _ transport: Transport, _ from: String, _ to: String, _ port: UInt16 = 80
    ) throws -> LabAttempt {
      LabAttempt(transport, from: from, to: try parse(to), port: port)
    }

    @Test(arguments: ["nftables", "iptables"])
    func `who was denied is told with names, policy and line, and who was not is not`(
      _ backend: String
    ) throws {
      try node.apply(policies, "--deny-log", "--backend", backend)
      let (said, status) = try watch(sending: [
        attempt(.udp, "outside", "10.244.1.2", 53), attempt(.sctp, "outside", "2001:db8::9"),
        attempt(.tcp, "gamma", "fd00:244::1:1", 443), attempt(.udp, "alpha", "10.244.1.2", 53),
        LabAttempt(echoFrom: "gamma", to: try parse("203.0.113.9")),
      ])
      #expect(status == 1)
      let lines = said.split(separator: "\n").filter { $0.contains(" denied by ") }
      func isTold(_ parts: String...) -> Bool {
        lines.contains { line in parts.allSatisfy { line.contains($0) } }
      }
      #expect(
        isTold(
          "  203.0.113.9:", " -> shop/beta (10.244.1.2:53) UDP   ",
          "ingress denied by shop/beta-ingress ", ".yaml:"), "\(said)")
      #expect(
        isTold(
          "  shop/gamma ([fd00:244::1:3]:", " -> shop/alpha ([fd00:244::1:1]:443) TCP   ",
          "egress denied by shop/gamma-egress "), "\(said)")
      #expect(
        isTold(
          "  shop/gamma (10.244.1.3) -> 203.0.113.9 ICMP type 8   ",
          "egress denied by shop/gamma-egress "), "\(said)")
      #expect(!lines.contains { $0.contains("  shop/alpha") }, "\(said)")
    }

    @Test func `nothing denied is exit 0`() throws {
      try node.apply(policies, "--deny-log", "--nflog-group", "7")
      let (said, status) = try watch(
        "--nflog-group", "7", sending: [attempt(.udp, "alpha", "10.244.1.2", 53)])
      #expect(status == 0)
      #expect(!said.contains("denied"), "\(said)")
    }

    @Test func `rules that log nothing are said`() throws {
      try node.apply(policies)
      let (said, status) = try watch(sending: [attempt(.udp, "outside", "10.244.1.2", 53)])
      #expect(status == 0)
      #expect(said.contains("log nothing to group 100; apply them with --deny-log"), "\(said)")
    }

    @Test func `a second reader is told why it cannot`() throws {
      let first = try laboratory.startInNode(
        [Program.path, "watch", "--denies"], output: "\(node.stateDirectory)-first")
      #expect(first.waitForOutput("listening"))
      let second = try laboratory.runInNode([Program.path, "watch", "--denies", "--for", "1s"])
      #expect(second.status == 3)
      #expect(second.errors.contains("another process reads nflog group 100 already"))
      first.send(signal: SIGKILL)
      #expect(first.wait() == 128 + SIGKILL)
    }
  }
}
