import Host
import TestSupport
import Testing

/// `list` over pods: what owns them, what leads to them, and where they are out of reach.
@Suite struct ListPodsTests {
  private func list(_ files: [String: String], _ arguments: String...) throws -> ProcessResult {
    let scratch = try Scratch(files)
    return try scratch.run(
      [Program.path, "list"] + files.keys.sorted().flatMap { ["-f", $0] } + arguments)
  }

  @Test func `pods are one with what owns them, unless policies tell them apart`() throws {
    let lines = try list(Owned.files).output.split(separator: "\n")
      .filter { !$0.contains("internet") }
    #expect(
      lines == [
        "shop/web[Deployment] => shop/db-0 : TCP 5432",
        "shop/web[Deployment] => shop/db-1 : TCP 5432",
        "shop/web[Deployment] => shop/db-2 : TCP 5432",
      ])
    let unprotected = try list(Owned.files, "--unprotected").output
    #expect(
      unprotected == """
        shop/db-1 : not isolated for ingress
        shop/db-2 : not isolated for ingress
        shop/report[CronJob] : not isolated for ingress

        """)
  }

  @Test func `a workload may be named by itself or by one of its pods`() throws {
    let whole = try list(Owned.files, "--workload", "shop/db").output
    let one = try list(Owned.files, "--workload", "shop/db-0").output
    #expect(whole.contains("shop/web[Deployment] => shop/db-1 : TCP 5432\n"))
    #expect(one == "shop/web[Deployment] => shop/db-0 : TCP 5432\n")
  }

  @Test func `a connection that only one family allows says which`() throws {
    let text = """
      apiVersion: v1
      kind: Pod
      metadata: {name: a, namespace: x, labels: {app: a}}
      spec: {nodeName: n1}
      status: {phase: Running, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: b, namespace: x, labels: {app: b}}
      spec: {nodeName: n1}
      status: {phase: Running, podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: b, namespace: x}
      spec:
        podSelector: {matchLabels: {app: b}}
        policyTypes: [Ingress, Egress]
        ingress: [{from: [{ipBlock: {cidr: "fd00::/64"}}], ports: [{port: 80}]}]
      """
    let result = try list(["pods.yaml": text], "--workload", "x/b")
    #expect(
      result.output == """
        fd00::/64 => x/b : TCP 80
        x/a => x/b : TCP 80 (only IPv6)

        """)
  }

  @Test func `what leads to a workload is listed with whom policies let in`() throws {
    let result = try list(DemoFiles.base.merging(["routes.yaml": Self.routes]) { $1 }, "-n", "shop")
    #expect(
      result.errors
        == "routes.yaml:22:49: warning: Ingress shop/front leads to Service shop/gone, which the "
        + "input does not have\n")
    let names = "(policies let in whom shop/api ingress[0] base/policies/api.yaml:11 names)"
    #expect(
      result.output.split(separator: "\n").suffix(3) == [
        "Ingress shop/front => shop/api[Deployment] : TCP 8443 \(names)",
        "HTTPRoute shop/metrics => shop/api[Deployment] : TCP 8443 \(names)",
        "Service shop/web => shop/web[Deployment] : TCP 8080 (policies let in whom shop/web "
          + "ingress[0] base/policies/web.yaml:11 names)",
      ])
  }

  static let routes = """
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: http}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: api, namespace: shop}
    spec:
      selector: {app: api}
      ports:
      - {port: 443, targetPort: https}
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: front, namespace: shop}
    spec:
      rules:
      - http:
          paths:
          - {path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 443}}}}
          - {path: /old, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: metrics, namespace: shop}
    spec: {rules: [{backendRefs: [{name: api, port: 443}]}]}

    """

  @Test func `what is on the network of its node is unprotected, whatever policies say`() throws {
    let text = """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: proxy, namespace: kube-system}
      spec:
        selector: {matchLabels: {app: proxy}}
        template:
          metadata: {labels: {app: proxy}}
          spec: {hostNetwork: true, containers: [{name: main, image: main}]}

      """
    let files = ["proxy.yaml": text, "deny.yaml": Shop.deny]
    let line = "kube-system/proxy[DaemonSet] : on the host's network, where no policy applies\n"
    #expect(try list(files, "--unprotected").output == line)
    #expect(try list(files, "--unprotected", "-n", "kube-system").output == line)
    #expect(
      try list(files).output == "nothing to list: no pod and no workload that a policy can select\n"
    )
  }
}
