import Diagnostics
import Reports
import Testing

@Suite struct SuppressionTests {
  private let policies = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: a, namespace: shop}
    spec:
      podSelector: {}
      # netpolc:ignore NPC009 both directions are meant
      # another remark
      egress: [{}]  # netpolc:ignore NPC016 never
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: b
      namespace: shop
      annotations: {netpolc.dev/ignore: "NPC009 so it was;NPC016"}
    spec:
      podSelector: {}
      egress: [{}]

    """

  @Test func `a reason above the line, or on the policy, hides a finding and stays with it`() throws
  {
    let findings = try findings(policies, rules: "NPC009")
    #expect(findings.map(\.suppression) == ["both directions are meant", "so it was"])
  }

  @Test func `without a reason it is an error, and one that hides nothing a note`() throws {
    #expect(
      try found(policies, rules: "NPC009", "NPC016", "NPC900", "NPC901") == [
        "NPC901 suppression NPC016", "NPC900 suppression NPC016",
      ])
  }

  @Test func `one of a rule that is not asked is not called needless`() throws {
    #expect(try found(policies, rules: "NPC009", "NPC901").isEmpty)
  }

  @Test func `a rule that is none gets the nearest`() throws {
    let finding = try findings("# netpolc:ignore NPC04 reason\na: b", rules: "NPC900").first
    #expect(finding?.hint == "did you mean NPC004?")
    #expect(finding?.location?.line == 1)
  }
}
