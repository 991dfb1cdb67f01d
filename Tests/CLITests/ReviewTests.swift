import Diagnostics
import Host
import Manifests
import TestSupport
import Testing

/// `review` of two directories.
@Suite struct ReviewTests {
  private func review(_ scratch: Scratch, _ arguments: String...) throws -> ProcessResult {
    try scratch.run(
      [Program.path, "review", "--from", "before", "--to", "after"] + arguments)
  }

  @Test func `a change is told with its lines, and fails`() throws {
    let result = try Scratch().netpolc("review", "--demo")
    #expect(result.status == 1)
    #expect(
      result.output == """
        3 gained   1 lost   9 unchanged      in namespace shop and its peers

        GAINED
        ! shop/api              -> 169.254.169.254/32   TCP 80,443   cloud metadata address
              policies/api.yaml:30   except no longer lists 169.254.169.254/32 [NPC011]
          monitoring/grafana    -> shop/db              TCP 5432
          monitoring/prometheus -> shop/db              TCP 5432
              policies/db.yaml:15   new item of from admits ns{team=observability} pod{}
                                    namespaceSelector team=observability is its own item, so it admits every pod of 1 namespace
                                    podSelector app=postgres-exporter then matches 0 pods of namespace shop
                                    did you mean one item with both? [NPC004]

        LOST
          shop/report -> kube-system/coredns   TCP 53, UDP 53
              policies/dns.yaml:7   podSelector narrowed from all pods to app in (api,db,web)
                                    no other policy lets shop/report resolve names [NPC005]

        gate: --fail-on any -> failed. Accept on purpose: netpolc review --demo --write-allow \
        .netpolc-allow.yaml

        """)
    #expect(result.errors.isEmpty)
  }

  @Test(arguments: [
    ("any", 1), ("gained", 1), ("lost", 1), ("critical", 1), ("none", 0),
  ])
  func `a gate decides the exit code`(_ gate: String, _ status: Int32) throws {
    let result = try Scratch().netpolc("review", "--demo", "--fail-on", gate)
    #expect(result.status == status)
  }

  @Test func `the way back loses what was gained, and is not critical`() throws {
    let scratch = try Scratch(demo: "before", "after")
    let back = try scratch.netpolc(
      "review", "--from", "after", "--to", "before", "--fail-on", "critical")
    #expect(back.status == 0)
    #expect(back.output.hasPrefix("1 gained   3 lost   9 unchanged"))
    #expect(back.output.contains("except now lists 169.254.169.254/32"))
    #expect(back.output.contains("after/policies/db.yaml:15 (before)   item of from that admitted"))
    #expect(back.output.contains("podSelector widened from app in (api,db,web) to all pods"))
  }

  @Test func `lines that move change nothing`() throws {
    let scratch = try Scratch(demo: "before")
    try scratch.run(["cp", "-r", "before", "after"])
    let same = try review(scratch)
    #expect(same.status == 0)
    #expect(same.output.contains("No policy changed, and no connection did."))
    try scratch.write(
      "after/policies/db.yaml", "# A comment.\n\n" + scratch.text(of: "after/policies/db.yaml"))
    #expect(try review(scratch).output == same.output)
  }

  @Test func `other rules of the same meaning are said to be that`() throws {
    let scratch = try Scratch(demo: "before")
    try scratch.run(["cp", "-r", "before", "after"])
    let policy = try scratch.text(of: "after/policies/db.yaml")
    try scratch.write(
      "after/policies/db.yaml",
      policy.replacing("values: [api, report]", with: "values: [report, api, nobody]"))
    let result = try review(scratch)
    #expect(result.status == 0)
    #expect(result.output.contains("Rules changed, meaning did not"))
  }

  @Test func `what was accepted fails nothing, and is told when it is no more`() throws {
    let scratch = try Scratch(demo: "before", "after")
    let written = try review(scratch, "--write-allow", "accepted.yaml")
    #expect(written.status == 0)
    #expect(
      written.errors
        == "wrote      4 accepted changes to accepted.yaml: say why in each reason\n")
    let accepted = try review(scratch, "--allow", "accepted.yaml")
    #expect(accepted.status == 0)
    #expect(accepted.output.contains("-> passed, 4 accepted"))
    let same = try scratch.netpolc(
      "review", "--from", "before", "--to", "before", "--allow", "accepted.yaml")
    #expect(same.said.count == 4 && same.errors.contains("accepted.yaml:3: not among the changes"))
    let entries = try scratch.text(of: "accepted.yaml")
    // An id alone stands for nothing: it is short enough to be made for another connection.
    try scratch.write("accepted.yaml", entries.replacing("shop/db TCP", with: "shop/web TCP"))
    let other = try review(scratch, "--allow", "accepted.yaml")
    #expect(other.status == 1 && other.output.contains("-> failed, 2 accepted"))
    #expect(other.said.count == 2)
    try scratch.write("accepted.yaml", entries.replacing("gained", with: "lost"))
    #expect(try review(scratch, "--allow", "accepted.yaml").status == 1)
    try scratch.write(
      "accepted.yaml",
      "schema: netpolc.allow/v1\naccepted:\n- {id: a, change: lost, connection: b}\n")
    let unreasoned = try review(scratch, "--allow", "accepted.yaml")
    #expect(unreasoned.status == 2)
    #expect(
      unreasoned.errors == "netpolc: accepted.yaml:3:3: an accepted change needs a reason\n")
  }

  @Test func `one run writes every format`() throws {
    let scratch = try Scratch(demo: "before", "after")
    let formats = [
      "json", "md", "github", "github-md", "gitlab", "sarif", "junit", "tap", "svg", "dot",
      "mermaid",
    ]
    let outputs = formats.flatMap { ["-o", "\($0)=out.\($0)"] }
    let result = try scratch.run(
      [Program.path, "review", "--from", "before", "--to", "after", "-o", "text"] + outputs)
    #expect(result.status == 1 && result.output.hasPrefix("3 gained"))
    func text(_ format: String) throws -> String { try scratch.text(of: "out.\(format)") }
    let sarif = try json(text("sarif"))
    #expect(sarif["version"]?.text == "2.1.0")
    let runs = items(sarif["runs"])
    let results = items(runs.first?["results"])
    #expect(results.map { $0["ruleId"]?.text } == ["gained-critical", "gained", "gained", "lost"])
    let region = items(results[0]["locations"]).first?["physicalLocation"]
    #expect(region?["artifactLocation"]?["uri"]?.text == "after/policies/api.yaml")
    #expect(region?["region"]?["startLine"]?.integer == 30)
    let annotations = try text("github").split(separator: "\n")
    #expect(annotations.count == 4)
    #expect(
      annotations[0].hasPrefix("::error file=after/policies/api.yaml,line=30,col=7,title="))
    #expect(try text("github-md").hasPrefix("<!-- netpolc-review -->\n"))
    #expect(try text("github-md").contains("```mermaid"))
    #expect(try text("junit").contains("failures=\"4\""))
    #expect(try text("tap").hasPrefix("TAP version 14\n1..4\nnot ok 1 - gained shop/api"))
    #expect(try text("svg").hasPrefix("<svg ") && text("svg").hasSuffix("</svg>\n"))
    #expect(try text("mermaid").contains("flowchart LR"))
    #expect(try text("dot").contains("digraph"))
    #expect(try items(json(text("gitlab"))).count == 4)
  }

  private func items(_ list: ManifestValue?) -> [ManifestValue] {
    list.map { Array($0.items) } ?? []
  }

  @Test func `ids outlive lines that move`() throws {
    let scratch = try Scratch(demo: "before", "after")
    func ids() throws -> [String] {
      items(try json(review(scratch, "-o", "json").output)["changes"]).compactMap {
        $0["id"]?.text
      }
    }
    let before = try ids()
    let policy = try scratch.text(of: "after/policies/api.yaml")
    try scratch.write("after/policies/api.yaml", "# One.\n# Two.\n" + policy)
    #expect(try before.count == 4 && ids() == before)
  }

  @Test func `a comment is never longer than GitHub takes`() throws {
    let names = (0..<60).map { "workload-with-quite-a-long-name-\($0)" }
    let deny = """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: deny, namespace: default}
      spec: {podSelector: {}, policyTypes: [Ingress]}
      """
    let pods = names.map { name in
      "{apiVersion: v1, kind: Pod, metadata: {name: \(name), labels: {a: \(name)}}}"
    }
    let scratch = try Scratch([
      "before/p.yaml": (pods + [deny]).joined(separator: "\n---\n"),
      "after/p.yaml": pods.joined(separator: "\n---\n"),
    ])
    let result = try review(scratch, "-o", "github-md", "--max-rows", "100000")
    #expect(result.status == 1)
    #expect(result.output.count <= 60_000 && result.output.count > 50_000)
    #expect(result.output.contains("more, for which there is no room"))
    let short = try review(scratch)
    #expect(short.output.contains("policy default/deny, which isolated it, is gone"))
    #expect(short.output.split(separator: "\n").count < 200, "summed up")
  }

  @Test func `a new workload that nothing isolates is told once`() throws {
    let scratch = try Scratch(demo: "before")
    try scratch.run(["cp", "-r", "before", "after"])
    try scratch.write(
      "after/policies/new.yaml",
      "{apiVersion: v1, kind: Pod, metadata: {name: new, namespace: monitoring}}")
    let result = try review(scratch)
    #expect(result.output.hasPrefix("4 gained   0 lost   10 unchanged"))
    #expect(result.output.contains("monitoring/new is new"))
  }

  @Test func `manifests on standard input are a side`() throws {
    let scratch = try Scratch(demo: "before", "after")
    let rendered = try scratch.run(["sh", "-c", "for f in after/*/*; do cat $f; echo ---; done"])
    let result = try scratch.netpolc(
      "review", "--from", "before", "--to", "-", input: rendered.output)
    #expect(result.status == 1)
    #expect(result.output.contains("<stdin>:"))
  }

  @Test(arguments: [
    ([], "give BASE..HEAD such as main.., or --from, or --demo"),
    (["main"], "The value 'main' is invalid for '<base..head>'"),
    (["main..", "--from", "x"], "give BASE..HEAD, or --from and --to, not both"),
    (["--demo", "--from", "x"], "--demo brings its own versions"),
    (["--from", "a", "-f", "b"], "-f goes with BASE..HEAD"),
    (["--demo", "-o", "json", "-o", "md"], "only one of json, md can go to standard output"),
  ])
  func `wrong usage is said`(_ arguments: [String], _ reason: String) throws {
    let result = try Scratch().run([Program.path, "review"] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains(reason), "\(result.errors)")
  }
}
