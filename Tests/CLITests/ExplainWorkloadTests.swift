import Host
import Manifests
import TestSupport
import Testing

/// `explain` where pods have owners: a workload's name stands for any of its pods, or is refused.
@Suite struct ExplainWorkloadTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch(Owned.files) }

  private func explain(_ arguments: String...) throws -> ProcessResult {
    try scratch.run(
      [Program.path, "explain", "-f", "pods.yaml", "-f", "policies.yaml"] + arguments)
  }

  @Test func `a workload's name stands for any of its pods`() throws {
    let result = try explain("shop/web", "shop/db-0", "5432")
    #expect(
      result.output == """
        ALLOWED   egress by shop/web egress[0].to[0] policies.yaml:15, ingress by shop/primary \
        ingress[0].from[0] policies.yaml:7

        """)
    let denied = try explain("shop/report", "shop/web", "80")
    #expect(
      denied.output.hasPrefix(
        "DENIED at egress of shop/report[CronJob] and at ingress of shop/web[Deployment]\n"))
  }

  @Test func `a workload is found by the form that is printed`() throws {
    let bare = try explain("shop/web", "shop/report", "80")
    #expect(bare.output.contains("shop/report[CronJob]"))
    #expect(
      try explain("shop/web[Deployment]", "shop/report[CronJob]", "80").output == bare.output)
    let pod = try explain("pod", "shop/web[Deployment]")
    #expect(pod.status == 0)
    #expect(try explain("pod", "shop/web").output == pod.output)
    let other = try explain("shop/web[StatefulSet]", "shop/db-0", "80")
    #expect(other.status == 2)
    #expect(
      other.errors == """
        netpolc: no pod or workload shop/web[StatefulSet], and no address; \
        did you mean shop/web[Deployment]?

        """)
  }

  @Test func `of two workloads of one name either can be named, and neither is guessed`() throws {
    for kind in ["Deployment", "StatefulSet"] {
      let workload = """
        apiVersion: apps/v1
        kind: \(kind)
        metadata: {name: front, namespace: shop}
        spec: {template: {metadata: {labels: {kind: \(kind)}}, spec: {containers: [{name: c}]}}}

        """
      try scratch.write("\(kind).yaml", workload)
    }
    let policy = """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: front, namespace: shop}
      spec: {podSelector: {matchLabels: {kind: StatefulSet}}, policyTypes: [Ingress]}

      """
    try scratch.write("front.yaml", policy)
    let files = ["-f", "Deployment.yaml", "-f", "StatefulSet.yaml", "-f", "front.yaml"]
    func ask(_ name: String) throws -> ProcessResult {
      try scratch.run([Program.path, "explain"] + files + ["internet", name, "80"])
    }
    #expect(try ask("shop/front[Deployment]").status == 0)
    #expect(try ask("shop/front[StatefulSet]").status == 1)
    let either = try ask("shop/front")
    #expect(either.status == 2)
    #expect(
      either.errors == """
        netpolc: shop/front is the name of 2 workloads; name one: shop/front[Deployment], \
        shop/front[StatefulSet]

        """)
    let listed = try scratch.run(
      [Program.path, "list", "--workload", "shop/front[Deployment]", "-o", "csv"] + files)
    #expect(listed.status == 0)
    let rows = listed.output.split(separator: "\n").dropFirst()
    #expect(!rows.isEmpty && rows.allSatisfy { $0.contains("shop/front[Deployment]") })
  }

  @Test func `a workload whose pods are treated differently is refused, and its pods are named`()
    throws
  {
    let result = try explain("shop/web", "shop/db", "5432")
    #expect(result.status == 2)
    #expect(
      result.errors == """
        netpolc: policies treat the pods of shop/db differently; name one: shop/db-0, shop/db-1 \
        (1 more alike)

        """)
  }

  @Test func `a name near a workload's is offered`() throws {
    #expect(try explain("shop/wep", "shop/db-0", "80").errors.contains("did you mean shop/web?"))
  }

  @Test func `a workload is not its pod on the node that is asked about`() throws {
    #expect(try explain("shop/web", "192.168.0.11", "22").status == 1)
    #expect(try explain("shop/web-6d4b-a", "192.168.0.11", "22").status == 0)
  }

  @Test func `on a node, a workload is its pods there`() throws {
    let result = try explain("shop/db-1", "shop/web", "80", "--node", "n1")
    #expect(result.output.contains("ingress of shop/web[Deployment]   isolated by  shop/web"))
  }

  @Test func `a pod and a policy are told as JSON too`() throws {
    let pod = try json(explain("pod", "shop/web", "-o", "json").output)
    #expect(pod["name"]?.text == "shop/web[Deployment]")
    #expect(pod["pod"]?.text == "shop/web-6d4b-a")
    #expect(pod["ingress"]?.count == 1)
    let policy = try json(explain("policy", "shop/primary", "-o", "json").output)
    #expect(policy["selects"]?.items.map(\.text) == ["shop/db-0"])
    let peers = try #require(policy["ingress"]?.items.first { _ in true }?["peers"])
    #expect(
      peers.items.first { _ in true }?["now"]?.items.map(\.text)
        == ["shop/web-6d4b-a", "shop/web-6d4b-b", "shop/web-6d4b-c"])
  }

  @Test func `an address that no pod has is no pod`() throws {
    let result = try explain("pod", "10.9.9.9")
    #expect(result.status == 2)
    #expect(result.errors == "netpolc: 10.9.9.9 is no pod of the input: no policy selects it\n")
  }

  @Test func `near misses and rules are in the JSON too`() throws {
    let result = try json(
      explain("shop/web", "shop/db-0", "5432", "--rules", "-o", "json").output)
    #expect(result["from"]?.text == "shop/web[Deployment]")
    #expect(result["rules"]?.items.allSatisfy { $0.text.contains(" netpolc p") } ?? false)
    #expect(result["nearMisses"]?.count == 0)
  }
}
