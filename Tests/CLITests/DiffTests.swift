import Host
import Manifests
import TestSupport
import Testing

/// `diff` between directories: what counts as a difference, and how it is told.
@Suite struct DiffTests {
  private func shops(_ changes: [String: String] = [:]) throws -> Scratch {
    var files: [String: String] = [:]
    for (name, text) in Shop.files {
      files["old/\(name)"] = text
      files["new/\(name)"] = text
    }
    return try Scratch(files.merging(changes) { $1 })
  }

  private static let webWithout8443 = [
    "new/shop/policies/web.yaml": Shop.web.replacing("      - port: 8443\n", with: "")
      .replacing("    - port: 8443\n", with: "")
  ]

  @Test func `no difference is 0`() throws {
    let result = try shops().netpolc("diff", "--from", "old", "--to", "new")
    #expect(result.status == 0)
    #expect(result.output == "no difference\n")
    #expect(result.errors == "")
  }

  @Test func `a difference is 1, and names the chain, the rule and its line`() throws {
    let result = try shops(Self.webWithout8443).netpolc(
      "diff", "--from", "old", "--to", "dir:new", "--node", "n1")
    #expect(result.status == 1)
    #expect(
      result.output == """
        ip netpolc on n1    old -> new

          chain pi/shop/web   NetworkPolicy shop/web
        -   th dport 8443 meta l4proto tcp ip saddr 10.0.0.0/8 counter accept   shop/web \
        ingress[0].from[0] ports[1] old/shop/policies/web.yaml:9

        rules +0 -1, chains ~1, sets 0, maps 0.

        """)
    #expect(result.errors == "")
  }

  @Test func `--stat prints the counts alone`() throws {
    let result = try shops(Self.webWithout8443).netpolc(
      "diff", "--from", "old", "--to", "new", "--stat")
    #expect(result.status == 1)
    #expect(result.output == "rules +0 -1, chains ~1, sets 0, maps 0.\n")
  }

  @Test func `JSON has a schema, both sides and every object that differs`() throws {
    let scratch = try shops(Self.webWithout8443)
    let result = try scratch.netpolc("diff", "--from", "old", "--to", "new", "-o", "json")
    #expect(result.status == 1)
    let report = try json(result.output)
    #expect(report["schema"]?.text == "netpolc.diff/v1")
    #expect(report["from"]?.text == "old")
    #expect(report["node"]?.kind == .null)
    let table = try #require(report["tables"]?.items.first { _ in true })
    #expect(table["family"]?.text == "ip")
    let chain = try #require(table["objects"]?.items.first { _ in true })
    #expect(chain["name"]?.text == "pi/shop/web")
    #expect(chain["change"]?.text == "changed")
    #expect(chain["removed"]?.count == 1)
    #expect(chain["added"]?.count == 0)
    let same = try scratch.netpolc("diff", "--from", "old", "--to", "old", "-o", "json")
    #expect(same.status == 0)
    #expect(try json(same.output)["tables"]?.count == 0)
  }

  @Test func `lines that move and files in another order are no difference`() throws {
    let scratch = try shops([
      "new/shop/policies/web.yaml": "# A comment\n\n" + Shop.web,
      "moved/z.yaml": Shop.cluster, "moved/a.yaml": Shop.web + "---\n" + Shop.api,
      "moved/m/deny.yaml": Shop.deny,
    ])
    for other in ["new", "moved"] {
      let result = try scratch.netpolc("diff", "--from", "old", "--to", other)
      #expect(result.output == "no difference\n")
      #expect(result.status == 0)
    }
  }

  @Test func `a pod that comes is elements and no rules`() throws {
    let pod = """
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web-1, namespace: shop, labels: {app: web}}
      spec: {nodeName: n1}
      status: {phase: Running, podIP: 10.244.1.11}
      """
    let scratch = try shops(["new/shop/cluster.yaml": Shop.cluster + pod])
    let result = try scratch.netpolc("diff", "--from", "old", "--to", "new", "--node", "n1")
    #expect(result.status == 1)
    #expect(result.output.contains("\n+   10.244.1.11   shop/web-1\n"))
    #expect(result.output.hasSuffix("rules +0 -0, chains 0, sets ~1, maps ~2.\n"))
  }

  @Test func `bad input on either side is 2, with its place`() throws {
    let scratch = try shops(["new/shop/policies/web.yaml": Shop.broken])
    for (from, to) in [("old", "new"), ("new", "old")] {
      let result = try scratch.netpolc("diff", "--from", from, "--to", to)
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(result.errors.contains("new/shop/policies/web.yaml:4:8: error: "))
      #expect(result.said.last == "3 files had no problem, 2 errors in new, nothing compared")
    }
    #expect(try scratch.netpolc("diff", "--from", "missing", "--to", "old").status == 2)
  }

  @Test func `the current directory is the default`() throws {
    let result = try shops().netpolc("diff", "--from", "new", "--to", "dir:old")
    #expect(result.status == 0)
    let scratch = try Scratch(Shop.files)
    #expect(try scratch.netpolc("diff", "--from", "shop").output == "no difference\n")
  }

  @Test func `colour is for terminals only, and not with NO_COLOR, unless it is asked for`() throws
  {
    let scratch = try shops(Self.webWithout8443)
    let escape = "\u{1B}["
    let plain = try scratch.netpolc("diff", "--from", "old", "--to", "new")
    let always = try scratch.netpolc(
      "diff", "--from", "old", "--to", "new", "--color", "always", environment: ["NO_COLOR": "1"])
    #expect(always.output.contains(escape + "31m-   th dport 8443"))
    #expect(!plain.output.contains(escape))
    guard findExecutable("script") != nil else { return }
    // An input without an end: at its end, script hangs up.
    try scratch.run(["mkfifo", "input"])
    let command = [
      "sh", "-c", "exec script -qec \"$0 diff --from old --to new\" /dev/null <>input",
      Program.path,
    ]
    let coloured = try scratch.run(command, environment: ["NO_COLOR": ""])
    #expect(coloured.output.contains(escape + "31m-   th dport 8443"))
    let never = try scratch.run(
      ["sh", "-c", command[2].replacing("new", with: "new --color never"), Program.path])
    #expect(!never.output.contains(escape))
    let without = try scratch.run(command, environment: ["NO_COLOR": "1"])
    #expect(without.output.contains("-   th dport 8443"))
    #expect(!without.output.contains(escape))
  }
}
