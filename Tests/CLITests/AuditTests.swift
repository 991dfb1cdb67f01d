import Host
import TestSupport
import Testing

/// What commands say of a policy that is on trial.
@Suite struct AuditTests {
  private let scratch: Scratch

  private static let policy = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: tighten
      namespace: shop
      annotations: {netpolc.dev/audit: "true"}
    spec:
      podSelector: {matchLabels: {app: db}}
      ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 5432}]}]

    """

  private static let cluster = Shop.cluster

  init() throws {
    scratch = try Scratch([
      "old/cluster.yaml": Self.cluster, "old/policy.yaml": Self.policy,
      "new/cluster.yaml": Self.cluster,
      "new/policy.yaml": Self.policy.replacing("\"true\"", with: "\"false\""),
      "none/cluster.yaml": Self.cluster,
    ])
  }

  private func netpolc(_ arguments: String...) throws -> ProcessResult {
    try scratch.run([Program.path] + arguments)
  }

  @Test func `explain names who would deny, with the line`() throws {
    let result = try netpolc("explain", "-f", "old", "shop/web-0", "shop/db-0", "5432")
    #expect(result.status == 0)
    #expect(
      result.output.contains(
        "ingress would be denied by shop/tighten old/policy.yaml:8 if it were not audited"),
      "\(result.output)")
    let rules = try netpolc("explain", "-f", "old", "shop/web-0", "shop/db-0", "5432", "--rules")
    #expect(rules.output.contains("ingress of shop/db-0   audited by   shop/tighten"))
    let allowed = try netpolc("explain", "-f", "old", "shop/api-0", "shop/db-0", "5432")
    #expect(allowed.output.contains("ingress is not isolated"), "\(allowed.output)")
  }

  @Test func `explain says of a pod and of a policy that nothing is denied yet`() throws {
    let pod = try netpolc("explain", "-f", "old", "pod", "shop/db-0").output
    #expect(pod.contains("ingress   not isolated: everything is allowed\n"), "\(pod)")
    #expect(pod.contains("  audited; these deny nothing yet\n  shop/tighten   old/policy.yaml:8\n"))
    let policy = try netpolc("explain", "-f", "old", "policy", "shop/tighten").output
    #expect(policy.contains("audited: it denies nothing yet\n"), "\(policy)")
  }

  @Test func `with another annotation it is enforced`() throws {
    let result = try netpolc(
      "explain", "-f", "old", "shop/web-0", "shop/db-0", "5432", "--audit-annotation", "a.b/c")
    #expect(result.status == 1)
    let wrong = try netpolc("list", "-f", "old", "--audit-annotation", "a/b/c")
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("'a/b/c' is invalid"), "\(wrong.errors)")
  }

  @Test(arguments: [["list"], ["list", "--exposure"], ["list", "--unprotected"], ["graph"]])
  func `what is allowed is the same as without it`(_ command: [String]) throws {
    let with = try scratch.run([Program.path] + command + ["-f", "old"])
    let without = try scratch.run([Program.path] + command + ["-f", "none"])
    #expect(with.status == 0)
    #expect(with.output == without.output)
  }

  @Test func `to put it on trial changes no packet, and to enforce it is reviewed`() throws {
    let trial = try netpolc("diff", "--from", "none", "--to", "old", "--semantic", "--node", "n2")
    #expect(trial.status == 0, "\(trial.output)")
    let review = try netpolc("review", "--from", "old", "--to", "new")
    #expect(review.status == 1)
    #expect(
      review.output.contains("shop/tighten is not audited any more: it is enforced"),
      "\(review.output)")
    let back = try netpolc("review", "--from", "new", "--to", "old")
    #expect(
      back.output.contains("shop/tighten is audited now: it denies nothing"), "\(back.output)")
    #expect(try netpolc("review", "--from", "none", "--to", "old").status == 0)
  }

  @Test func `what only a policy allowed that is tried now is reviewed as lost`() throws {
    let deny = """
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: deny, namespace: shop}
      spec: {podSelector: {}}

      """
    for side in ["old", "new"] { try scratch.write("\(side)/deny.yaml", deny) }
    let lost = try netpolc("review", "--from", "new", "--to", "old").output
    #expect(
      lost.contains("shop/tighten is audited now: it allows nothing that others deny"), "\(lost)")
    let gained = try netpolc("review", "--from", "old", "--to", "new").output
    #expect(
      gained.contains("shop/tighten is not audited any more: it is enforced"), "\(gained)")
  }

  @Test func `lint finds the same as when it is enforced`() throws {
    // Its pods would reach no DNS server.
    let policy = Self.policy.replacing("  ingress: [{from", with: "  egress: [{to")
    try scratch.write("old/policy.yaml", policy)
    try scratch.write("new/policy.yaml", policy.replacing("\"true\"", with: "\"false\""))
    func findings(_ directory: String) throws -> String {
      try netpolc("lint", "-f", directory).output.replacing(directory, with: "")
    }
    #expect(try findings("old").contains("NPC005"))
    #expect(try findings("old") == findings("new"))
  }

  @Test func `a test of users holds for what is enforced`() throws {
    try scratch.write(
      "t.yaml",
      """
      schema: netpolc.test/v1
      tests:
      - allow: {from: shop/web-0, to: shop/db-0, ports: [5432]}

      """)
    #expect(try netpolc("test", "t.yaml", "-f", "old").status == 0)
    #expect(try netpolc("test", "t.yaml", "-f", "new").status == 1)
  }
}
