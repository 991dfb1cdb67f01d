import Agent
import Compiler
import Diagnostics
import Incremental
import Kubernetes
import Manifests
import PolicyModel
import Testing

/// What becomes of objects before the compiler sees them.
@Suite struct IntakeTests {
  private var intake = Intake()

  private mutating func put(_ text: String) throws -> [ClusterChange] {
    var diagnostics = Diagnostics()
    let values = parseManifest(
      ManifestFile(path: "x.yaml", bytes: Array(text.utf8)), &diagnostics)
    return values.map {
      ObjectReading(
        $0, kind: $0["kind"]?.text ?? "", apiVersion: $0["apiVersion"]?.text ?? "")
    }.flatMap { intake.put($0) }
  }

  private static func policy(_ spec: String) -> String {
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: \(spec)}"
  }

  private static func pod(_ name: String, phase: String = "Running") -> String {
    "{apiVersion: v1, kind: Pod, metadata: {name: \(name), namespace: shop}, status: {phase: \(phase)}}"
  }

  private static func namespace(_ phase: String) -> String {
    "{apiVersion: v1, kind: Namespace, metadata: {name: shop}, status: {phase: \(phase)}}"
  }

  private static let policyReference = ObjectReference(
    kind: "NetworkPolicy", namespace: "shop", name: "p")

  private static func removed(_ changes: [ClusterChange]) -> [ObjectReference] {
    changes.compactMap { if case .removed(let reference) = $0 { reference } else { nil } }
  }

  private func policy(_ changes: [ClusterChange]) -> TierPolicy? {
    for case .put(.policy(let policy)) in changes { return policy }
    return nil
  }

  struct Broken: Sendable {
    let spec: String
    let subject: String
    let isolates: Set<Direction>
  }

  @Test(arguments: [
    Broken(
      spec: "{podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress], ingress: [{from: 1}]}",
      subject: "ns=shop pod{app=a}", isolates: [.ingress]),
    Broken(
      spec: "{podSelector: {matchLabels: {app: a}}, ingress: [{prots: []}]}",
      subject: "ns=shop pod{app=a}", isolates: [.ingress, .egress]),
    Broken(
      spec: "{podSelector: {matchLabel: {app: a}}, policyTypes: [Egress], egress: []}",
      subject: "ns=shop pod{}", isolates: [.egress]),
    Broken(
      spec: "{podSelector: {}, policyTypes: [Ingres]}", subject: "ns=shop pod{}",
      isolates: [.ingress, .egress]),
    Broken(spec: "7", subject: "ns=shop pod{}", isolates: [.ingress, .egress]),
  ])
  mutating func `a policy that cannot be read isolates what it may select, and allows nothing`(
    _ broken: Broken
  ) throws {
    let policy = try #require(policy(try put(Self.policy(broken.spec))))
    #expect(policy.subject.description == broken.subject)
    #expect(policy.ingress?.count == (broken.isolates.contains(.ingress) ? 0 : nil))
    #expect(policy.egress?.count == (broken.isolates.contains(.egress) ? 0 : nil))
    #expect(intake.quarantined == [Self.policyReference])
    _ = try put(Self.policy("{podSelector: {}}"))
    #expect(intake.problems.isEmpty)
  }

  @Test(arguments: ["labels: {a: false}", "podSelector: {}", "annotations: 7, labels: []"])
  mutating func `whatever else is wrong with its metadata, a policy that has a name isolates`(
    _ field: String
  ) throws {
    let text = Self.policy("{podSelector: {matchLabels: {app: a}}, ingress: []}")
    let policy = try #require(
      policy(try put(text.replacing("name: p,", with: "name: p, \(field),"))))
    #expect(policy.reference == Self.policyReference)
    #expect(policy.subject.description == "ns=shop pod{app=a}")
    #expect(intake.quarantined == [Self.policyReference])
  }

  @Test mutating func `an object without a namespace is that of default, readable or not`() throws {
    let text = Self.policy("7").replacing(", namespace: shop", with: "")
    _ = try put(text)
    #expect(intake.quarantined.map(\.namespace) == ["default"])
    _ = try put(text.replacing("spec: 7", with: "spec: {podSelector: {}}"))
    #expect(intake.problems.isEmpty)
  }

  @Test(arguments: [("yes", "networkpolicy"), ("true", "networkpolicy-audit")])
  mutating func `a broken policy isolates unless it says that it is on trial`(
    _ value: String, _ tier: String
  ) throws {
    let text = Self.policy("{podSelector: {}, ingres: []}").replacing(
      "name: p,", with: "name: p, annotations: {netpolc.dev/audit: '\(value)'},")
    let policy = try #require(policy(try put(text)))
    #expect(policy.tier.name == tier)
    #expect(policy.ingress?.count == 0)
    #expect(intake.quarantined == [Self.policyReference])
  }

  @Test mutating func `a policy with an annotation that could mean either is kept closed`() throws {
    let text = Self.policy("{podSelector: {}, ingress: [{}]}").replacing(
      "name: p,", with: "name: p, annotations: {netpolc.dev/audit: on trial},")
    let policy = try #require(policy(try put(text)))
    #expect(policy.tier == .networkPolicy && policy.ingress?.count == 0)
    let said = intake.problems.values.flatMap(\.diagnostics).map(\.code)
    #expect(said == [.auditAnnotation])
  }

  @Test mutating func `of other objects that cannot be read the last good state stays`() throws {
    #expect(try put(Self.pod("a")).count == 1)
    #expect(
      try put(
        "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, status: {podIP: x}}"
      ).isEmpty)
    #expect(intake.problems.keys.map(\.description) == ["Pod shop/a"])
    #expect(intake.quarantined.isEmpty)
    #expect(intake.count("Pod") == 1)
  }

  @Test mutating func `what a complete list leaves out is gone`() throws {
    _ = try put([Self.pod("a"), Self.pod("b")].joined(separator: "\n---\n"))
    let b = ObjectReference(kind: "Pod", namespace: "shop", name: "b")
    #expect(Self.removed(intake.keep([b], kind: "Pod")).map(\.name) == ["a"])
    #expect(intake.count("Pod") == 1)
    #expect(intake.remove(ObjectReference(kind: "Pod", namespace: "shop", name: "c")).isEmpty)
  }

  @Test mutating func `a namespace that ends keeps its policies until its pods are gone`() throws {
    _ = try put(Self.namespace("Active"))
    _ = try put(Self.policy("{podSelector: {}}"))
    _ = try put([Self.pod("a"), Self.pod("b")].joined(separator: "\n---\n"))
    _ = try put(Self.namespace("Terminating"))
    #expect(intake.remove(Self.policyReference).isEmpty)
    #expect(intake.remove(ObjectReference(kind: "Pod", namespace: "shop", name: "a")).count == 1)
    // One that has ended is reachable by nobody.
    let last = try put(Self.pod("b", phase: "Succeeded"))
    #expect(Self.removed(last) == [Self.policyReference])
  }

  @Test mutating func `the events of a namespace's end may come in any order`() throws {
    _ = try put(Self.namespace("Terminating"))
    _ = try put(Self.policy("{podSelector: {}}"))
    _ = try put(Self.pod("a"))
    #expect(intake.remove(Self.policyReference).isEmpty)
    #expect(intake.remove(.namespace("shop")).count == 1)
    let pod = ObjectReference(kind: "Pod", namespace: "shop", name: "a")
    #expect(Self.removed(intake.remove(pod)) == [pod, Self.policyReference])
  }

  @Test mutating func `a policy that comes back before the pods are gone is an ordinary one`()
    throws
  {
    _ = try put(Self.namespace("Terminating"))
    _ = try put(Self.policy("{podSelector: {}}"))
    _ = try put(Self.pod("a"))
    _ = intake.remove(Self.policyReference)
    _ = try put(Self.policy("{podSelector: {matchLabels: {app: a}}}"))
    let pod = ObjectReference(kind: "Pod", namespace: "shop", name: "a")
    #expect(Self.removed(intake.remove(pod)) == [pod])
  }

  @Test mutating func `in a namespace that stays, a policy goes at once`() throws {
    _ = try put(Self.namespace("Active"))
    _ = try put(Self.policy("{podSelector: {}}"))
    _ = try put(Self.pod("a"))
    #expect(Self.removed(intake.remove(Self.policyReference)) == [Self.policyReference])
  }

  @Test mutating func `a policy whose removal was told before its namespace's end comes back`()
    throws
  {
    _ = try put(Self.namespace("Active"))
    _ = try put(Self.policy("{podSelector: {}}"))
    _ = try put(Self.pod("a"))
    #expect(Self.removed(intake.remove(Self.policyReference)) == [Self.policyReference])
    let changes = try put(Self.namespace("Terminating"))
    let isBack = changes.contains {
      if case .put(.policy(let policy)) = $0 {
        policy.reference == Self.policyReference
      } else {
        false
      }
    }
    #expect(isBack)
    let pod = ObjectReference(kind: "Pod", namespace: "shop", name: "a")
    #expect(Self.removed(intake.remove(pod)) == [pod, Self.policyReference])
  }

  @Test mutating func `one that went long before does not`() throws {
    _ = try put(Self.namespace("Active"))
    _ = try put(Self.policy("{podSelector: {}}"))
    _ = try put(Self.pod("a"))
    _ = intake.remove(Self.policyReference, at: .now - Intake.memory)
    #expect(try put(Self.namespace("Terminating")).count == 1)
  }
}
