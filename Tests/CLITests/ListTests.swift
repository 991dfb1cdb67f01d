import Host
import Manifests
import TestSupport
import Testing

/// `list` over the workloads of a repository, in all its forms.
@Suite struct ListTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch(DemoFiles.base) }

  private func list(_ arguments: String...) throws -> ProcessResult {
    try scratch.run([Program.path, "list", "-f", "base/policies"] + arguments)
  }

  @Test func `every allowed connection is a line`() throws {
    let result = try list("-n", "shop")
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(
      result.output == """
        203.0.113.0/24 => shop/web[Deployment] : TCP 8080
        monitoring/prometheus[Deployment] => shop/api[Deployment] : TCP 9090
        shop/api[Deployment] => 0.0.0.0/0 except 10.0.0.0/8,169.254.169.254/32 : TCP 80,443
        shop/api[Deployment] => kube-system/coredns[Deployment] : TCP 53, UDP 53
        shop/api[Deployment] => shop/db[StatefulSet] : TCP 5432
        shop/db[StatefulSet] => kube-system/coredns[Deployment] : TCP 53, UDP 53
        shop/report[CronJob] => kube-system/coredns[Deployment] : TCP 53, UDP 53
        shop/report[CronJob] => shop/db[StatefulSet] : TCP 5432
        shop/web[Deployment] => kube-system/coredns[Deployment] : TCP 53, UDP 53
        shop/web[Deployment] => shop/api[Deployment] : TCP 8443

        """)
    let all = try list().output
    #expect(try list("-A").output == all)
    #expect(all.contains("internet => monitoring/grafana[Deployment] : everything\n"))
    #expect(all.split(separator: "\n").count == 25)
  }

  @Test func `wide says which lines let a connection through`() throws {
    #expect(
      try list("--workload", "shop/db", "-o", "wide").output == """
        shop/api[Deployment] => shop/db[StatefulSet] : TCP 5432
            egress  shop/api egress[0].to[0] base/policies/api.yaml:25
            ingress  shop/db ingress[0].from[0] base/policies/db.yaml:12
        shop/db[StatefulSet] => kube-system/coredns[Deployment] : TCP 53, UDP 53
            egress  shop/allow-dns egress[0].to[0] base/policies/dns.yaml:11
            ingress  not isolated
        shop/report[CronJob] => shop/db[StatefulSet] : TCP 5432
            egress  shop/report egress[0].to[0] base/policies/report.yaml:12
            ingress  shop/db ingress[0].from[0] base/policies/db.yaml:12

        """)
  }

  @Test func `csv and Markdown are tables`() throws {
    let csv = try list("--workload", "shop/db", "-o", "csv").output.split(separator: "\n")
    #expect(csv.first == "from,to,traffic,only in,egress rules,ingress rules")
    let row = """
      shop/api[Deployment],shop/db[StatefulSet],TCP 5432,,shop/api egress[0].to[0] \
      base/policies/api.yaml:25,shop/db ingress[0].from[0] base/policies/db.yaml:12
      """
    #expect(csv.dropFirst().first.map(String.init) == row)
    #expect(csv.contains { $0.contains(",\"TCP 53, UDP 53\",,") })
    let markdown = try list("--workload", "shop/db", "-o", "md").output.split(separator: "\n")
    #expect(markdown.count == csv.count + 1)
    #expect(markdown.allSatisfy { $0.hasPrefix("| ") && $0.hasSuffix(" |") })
  }

  @Test func `JSON and YAML hold the same`() throws {
    let result = try json(list("-o", "json").output)
    #expect(result["schema"]?.text == "netpolc.list/v1")
    #expect(result["workloads"]?.count == 7)
    #expect(result["connections"]?.count == 25)
    let first = try #require(result["connections"]?.items.first { _ in true })
    #expect(first["from"]?.text == "203.0.113.0/24")
    let yaml = try documents("---\n" + list("-o", "yaml").output)
    #expect(yaml.first?["connections"]?.count == 25)
  }

  @Test func `several forms go to several files`() throws {
    let result = try list("-o", "json=list.json", "-o", "csv=list.csv", "-o", "text")
    #expect(result.output == (try list().output))
    #expect(try scratch.text(of: "list.json") == list("-o", "json").output)
    #expect(try scratch.text(of: "list.csv") == list("-o", "csv").output)
    #expect(try list("-o", "json=no/such/list.json").status == 3)
  }

  @Test func `a namespace and a workload that nothing has are errors with the nearest name`() throws
  {
    let namespace = try list("-n", "shpo")
    #expect(namespace.status == 2)
    #expect(
      namespace.errors == "netpolc: no namespace shpo with pods in the input; did you mean shop?\n")
    #expect(try list("--workload", "shop/dbb").errors.contains("; did you mean shop/db?"))
  }

  @Test func `more than --max-rows are summed up by what is alike`() throws {
    let result = try list("--max-rows", "10")
    #expect(
      result.errors == "more than 10 connections: workloads that are alike are summed up\n")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == "any not isolated for egress: 3 workloads")
    #expect(
      lines.contains("any not isolated for egress => any not isolated for ingress : everything"))
    #expect(try list("--max-rows", "10", "-q").errors == "")
    let groups = try json(list("--max-rows", "10", "-o", "json").output)["groups"]
    #expect(groups?.count == 2)
  }

  @Test func `exposure is whom rules name, whether or not it is there`() throws {
    let lines = try list("--exposure", "-n", "shop").output.split(separator: "\n")
    #expect(lines.contains("shop/report[CronJob] <= no one"))
    #expect(
      lines.contains(
        "shop/api[Deployment] <= ns{team=observability} pod{app=prometheus} : TCP metrics"))
    #expect(
      try list("--exposure", "--workload", "monitoring/grafana").output == """
        monitoring/grafana[Deployment] <= anyone : everything (not isolated)
        monitoring/grafana[Deployment] => anyone : everything (not isolated)

        """)
    let wide = try list("--exposure", "--workload", "shop/db", "-o", "wide").output
    #expect(wide.contains(" : TCP 5432   shop/db ingress[0].from[0] base/policies/db.yaml:12\n"))
    let exposures = try json(list("--exposure", "--workload", "shop/db", "-o", "json").output)
    #expect(exposures["exposures"]?.items.map { $0["isolated"]?.boolean } == [true, true])
  }

  @Test func `unprotected is what no policy isolates`() throws {
    #expect(
      try list("--unprotected").output == """
        kube-system/coredns[Deployment] : not isolated for ingress and egress
        monitoring/grafana[Deployment] : not isolated for ingress and egress
        monitoring/prometheus[Deployment] : not isolated for ingress and egress

        """)
    #expect(
      try list("--unprotected", "-n", "shop").output == "every workload is isolated both ways\n")
    #expect(try json(list("--unprotected", "-o", "json").output)["workloads"]?.count == 3)
  }

  @Test func `an input without workloads has nothing to list`() throws {
    try scratch.write("deny.yaml", Shop.deny)
    func output(_ arguments: String...) throws -> String {
      let result = try scratch.run([Program.path, "list", "-f", "deny.yaml"] + arguments)
      #expect(result.status == 0)
      return result.output
    }
    #expect(try output() == "nothing to list: no pod and no workload that a policy can select\n")
    #expect(
      try output("--exposure")
        == "nothing to list: no pod and no workload that a policy can select\n")
    #expect(
      try output("--unprotected")
        == "nothing to list: no pod and no workload that a policy can select\n")
    for subject in [[], ["--exposure"], ["--unprotected"]] {
      for format in ["svg", "dot", "mermaid", "csv", "md", "yaml"] {
        let result = try scratch.run(
          [Program.path, "list", "-f", "deny.yaml", "-o", format] + subject)
        #expect(result.status == 0 && !result.output.isEmpty)
      }
    }
  }
}
