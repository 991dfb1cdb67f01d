import Assertions
import Diagnostics
import PolicyModel
import Testing

/// What the words of tests mean, one by one.
@Suite struct MeaningTests {
  private func holds(_ tests: String...) throws -> [Bool] {
    var checking = try Checking(SmallCluster.yaml)
    return try tests.map { try checking.holds($0) }
  }

  @Test func `a CIDR is every address in it, those of pods too`() throws {
    #expect(
      try holds(
        "{deny: {from: 10.244.1.0/24, to: shop/db}}",
        "{deny: {from: 10.244.1.0/28, to: shop/db}}",
        "{deny: {from: 10.244.1.16/28, to: shop/db}}",
        "{allow: {from: 192.0.2.0/24, to: shop/db, port: 5432}}",
        "{allow: {from: 192.0.2.0/23, to: shop/db, port: 5432}}"
      ) == [false, false, true, true, false])
  }

  @Test func `internet is every address that no pod has`() throws {
    #expect(
      try holds(
        "{to: shop/db, allowFrom: [shop/web, 192.0.2.0/24]}",
        "{to: shop/db, allowFrom: [shop/web, internet]}", "{to: shop/db, allowFrom: [shop/web]}",
        "{allow: {from: internet, to: shop/web, port: any}}",
        "{deny: {from: internet, to: shop/db, port: 5433}}",
        "{deny: {from: shop/api, to: internet}}"
      ) == [true, false, false, true, true, true])
  }

  @Test func `a pod and its own node are counted only where the node is named by itself`() throws {
    #expect(
      try holds(
        "{deny: {from: 192.168.0.1, to: shop/db}}", "{deny: {from: 192.168.0.0/16, to: shop/db}}",
        "{allow: {from: 192.168.0.1, to: shop/db, port: any}}",
        "{allow: {from: 192.168.0.2, to: shop/db, port: 5432}}",
        "{deny: {from: 192.168.0.2, to: shop/db}}"
      ) == [false, true, true, false, true])
  }

  @Test func `replicas are peers of one another, a pod is none of itself`() throws {
    #expect(
      try holds(
        "{from: shop/api, allowTo: [shop/api]}", "{from: shop/api, allowTo: []}",
        "{deny: {from: shop/db, to: shop/db}}", "{allow: {from: shop/db, to: shop/db, port: any}}"
      ) == [true, false, true, true])
  }

  @Test func `who has no family in common is denied`() throws {
    #expect(
      try holds(
        "{allow: {from: shop/web, to: other/six, port: 80}}",
        "{deny: {from: shop/web, to: other/six}}",
        "{allow: {from: other/six, to: 10.0.0.0/8, port: 80}}",
        "{allow: {from: other/six, to: [\"::/0\", 0.0.0.0/0], port: 80}}"
      ) == [false, true, false, true])
  }

  @Test func `without ports a test is about any traffic`() throws {
    #expect(
      try holds(
        "{to: shop/db, allowFrom: [shop/web, 192.0.2.0/24]}",
        "{to: shop/db, allowFrom: [shop/web, 192.0.2.0/24], port: any}",
        "{to: shop/db, allowFrom: [shop/web, 192.0.2.0/24], port: 5432}",
        "{to: shop/db, allowFrom: [shop/web, 192.0.2.0/24], port: TCP}",
        "{to: shop/db, allowFrom: [], ports: [1-5431, 5433-65535, UDP, SCTP, icmp]}",
        "{deny: {from: shop/web, to: shop/db, port: 5432-5433}}",
        "{allow: {from: shop/web, to: shop/db, port: 5432-5433}}"
      ) == [true, true, true, false, true, false, false])
  }

  @Test func `coverage counts what a wanted connection goes through, and what denies an unwanted`()
    throws
  {
    var checking = try Checking(SmallCluster.yaml)
    func uncovered() -> [String] { checking.coverage.uncovered.map(words) }
    #expect(
      uncovered() == [
        "db isolation", "db ingress[0].from[0]", "db ingress[0].from[1]", "api isolation",
        "api egress[0].to[0]",
      ])
    _ = try checking.holds("{allow: {from: shop/web, to: shop/db, port: 5432}}")
    _ = try checking.holds("{deny: {from: shop/api, to: internet}}")
    #expect(uncovered() == ["db isolation", "db ingress[0].from[1]", "api egress[0].to[0]"])
    // What is allowed against a test's will is no test of the rule.
    _ = try checking.holds("{deny: {from: 192.0.2.1, to: shop/db, port: 5432}}")
    #expect(uncovered() == ["db isolation", "db ingress[0].from[1]", "api egress[0].to[0]"])
    _ = try checking.holds("{to: shop/db, allowFrom: [192.0.2.0/24]}")
    _ = try checking.holds("{allow: {from: shop/api, to: shop/api, port: any}}")
    #expect(uncovered() == [])
    #expect(checking.coverage.percent == 100)
  }

  private func words(_ part: Coverage.Part) -> String {
    switch part {
    case .rule(let rule): "\(rule.policy.name) \(rule.path)"
    case .isolation(let isolation): "\(isolation.policy.name) isolation"
    }
  }
}
