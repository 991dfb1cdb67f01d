import Glibc
import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// `netpolc watch` of counters, with real packets.
  @Suite struct CounterWatchTests {
    private let node: LiveNode
    private let laboratory: Laboratory
    private let policies = [
      Policies.ingress("beta", from: [Policies.pod("alpha")]), Policies.egress("gamma", to: []),
    ]

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
    }

    /// Starts it, sends packets, and gives what it said.
    private func watch(_ arguments: String...) throws -> String {
      let watch = try laboratory.startInNode(
        [Program.path, "watch", "--for", "3s"] + arguments,
        output: "\(node.stateDirectory)-watch")
      #expect(watch.waitForOutput("watching"))
      usleep(300_000)
      #expect(
        try laboratory.run([
          attempt("alpha", "10.244.1.2"), attempt("alpha", "fd00:244::1:2"),
          attempt("gamma", "10.244.1.1"),
        ]) == [true, true, false])
      #expect(watch.wait() == 0)
      return watch.output
    }

    private func attempt(_ from: String, _ to: String) throws -> LabAttempt {
      LabAttempt(.udp, from: from, to: try parse(to), port: 53)
    }

    @Test func `what rules count is told with the policy and line of each`() throws {
      try node.apply(policies)
      let lines = try watch().split(separator: "\n")
      // Both families' packets, by the rule that both tables have.
      let allowed = lines.filter { $0.contains("  allowed ") }
      #expect(allowed.count == 1, "\(lines)")
      #expect(allowed.first?.contains("+2          2  shop/beta-ingress ingress[0]") == true)
      #expect(allowed.first?.contains(".yaml:") == true)
      let denied = try #require(lines.first { $0.contains("  denied ") })
      #expect(denied.contains("  egress isolated by shop/gamma-egress "), "\(denied)")
    }

    @Test func `only what concerns a policy is told when one is named`() throws {
      try node.apply(policies)
      let said = try watch("--policy", "shop/gamma-egress")
      #expect(said.contains("isolated by shop/gamma-egress"))
      #expect(!said.contains("shop/beta-ingress"))
      #expect(try !watch("--namespace", "other").contains("shop/"))
    }

    @Test func `an apply meanwhile is followed, and what new rules count is new`() throws {
      try node.apply(policies)
      let watch = try laboratory.startInNode(
        [Program.path, "watch", "--for", "4s"], output: "\(node.stateDirectory)-watch")
      #expect(watch.waitForOutput("watching"))
      try node.apply([Policies.ingress("beta", from: [Policies.pod("gamma")])])
      #expect(try laboratory.run([attempt("gamma", "10.244.1.2")]) == [true])
      #expect(watch.wait() == 0)
      #expect(
        watch.output.contains("allowed       +1          1  shop/beta-ingress"), "\(watch.output)")
    }

    @Test func `on a terminal it is a table in place, as large as the screen`() throws {
      try node.apply(policies)
      _ = try laboratory.run([attempt("alpha", "10.244.1.2")])
      let result = try laboratory.runInNode([
        "env", "TERM=xterm", "script", "-qec",
        "stty rows 6 cols 50; \(Program.path) watch --for 2s -q", "/dev/null",
      ])
      #expect(result.status == 0)
      let screens = result.output.split(separator: "\u{1B}[H")
      #expect(screens.count == 2, "\(result.output)")
      for screen in screens {
        let lines = screen.split(separator: "\u{1B}[K\r\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= 50 }, "\(screen)")
        #expect(lines.count <= 6)
        #expect(lines.contains { $0.hasPrefix("allowed       +0          1  shop/beta-ingress") })
        #expect(lines.last == "\u{1B}[J")
      }
    }

    @Test func `where there are no rules there is nothing to watch`() throws {
      let result = try laboratory.runInNode([Program.path, "watch", "--for", "1s"])
      #expect(result.status == 3)
      #expect(result.errors.contains("no rules of netpolc in nftables here"))
    }
  }
}
