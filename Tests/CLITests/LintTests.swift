import Host
import Manifests
import TestSupport
import Testing

/// `lint`: what is printed, its flags, its exit codes.
@Suite struct LintTests {
  private static let policy = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: db, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: dbb}}
      ingress:
      - from:
        - podSelector: {matchLabels: {app: web}}
        - podSelector: {}

    """

  private let scratch: Scratch

  init() throws {
    scratch = try Scratch([
      "in/cluster.yaml": Shop.cluster, "in/db.yaml": Self.policy, "in/deny.yaml": Shop.deny,
    ])
  }

  private func lint(_ arguments: String...) throws -> ProcessResult {
    try scratch.run([Program.path, "lint", "-f", "in"] + arguments)
  }

  @Test func `findings stand under their line, with a summary, and exit 1`() throws {
    let result = try lint()
    #expect(result.status == 1)
    #expect(
      result.output == """
        in/db.yaml:5:3: warning: shop/db: selects no pod: nothing in namespace shop has app=dbb [NPC001]
            5 |   podSelector: {matchLabels: {app: dbb}}
              |   ^ did you mean app=db?
        in/db.yaml:8:7: note: shop/db ingress[0].from[0]: ns=shop pod{app=web} is part of ns=shop pod{}, ingress[0].from[1] [NPC008]
            8 |     - podSelector: {matchLabels: {app: web}}
              |       ^ remove it, or the wider one

        1 warning, 1 note in 3 files

        """)
    #expect(result.errors == "")
  }

  @Test(
    arguments: [
      (["--fail-on", "error"], 0), (["--fail-on", "warning"], 1),
      (["--fail-on", "none"], 0),
      (["--rule", "-NPC001"], 0), (["--rule", "-NPC001", "--fail-on", "note"], 1),
      (["--rule", "NPC008"], 0), (["--rule", "NPC008", "--rule", "+NPC001"], 1),
      (["--rule", "npc001"], 1),
    ] as [([String], Int32)])
  func `levels and rules decide the exit code`(_ arguments: [String], _ status: Int32) throws {
    #expect(try scratch.run([Program.path, "lint", "-f", "in"] + arguments).status == status)
  }

  @Test func `json has a schema, counts, and names of findings`() throws {
    let document = try json(try lint("-o", "json").output)
    #expect(document["schema"]?.text == "netpolc.lint/v1")
    #expect(document["summary"]?["warnings"]?.integer == 1)
    let finding = try #require(document["findings"]?.items.first { _ in true })
    #expect(finding["fingerprint"]?.text == "NPC001 NetworkPolicy shop/db")
    #expect(finding["source"]?["line"]?.integer == 5)
  }

  @Test func `one run writes many reports`() throws {
    let result = try lint("-o", "json=lint.json", "-o", "text")
    #expect(result.output.hasSuffix("1 warning, 1 note in 3 files\n"))
    #expect(try json(scratch.text(of: "lint.json"))["schema"]?.text == "netpolc.lint/v1")
  }

  @Test func `a reason accepts a finding, and is counted`() throws {
    try scratch.write(
      "in/db.yaml",
      Self.policy.replacing(
        "  podSelector: {matchLabels: {app: dbb}}",
        with: "  podSelector: {matchLabels: {app: dbb}}  # netpolc:ignore NPC001 comes next week"))
    let result = try lint()
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("1 note in 3 files, 1 accepted on purpose\n"))
    #expect(try lint("-o", "json").output.contains("\"suppression\": \"comes next week\""))
  }

  @Test func `without a reason a suppression is an error of its own`() throws {
    try scratch.write("in/db.yaml", "# netpolc:ignore NPC001\n" + Self.policy)
    let result = try lint("--fail-on", "error")
    #expect(result.status == 1)
    #expect(
      result.output.contains("in/db.yaml:1:1: error: the suppression of NPC001 has no reason"))
  }

  @Test func `a baseline hides what it holds, and says what is gone`() throws {
    let written = try lint("--write-baseline", "base.yaml")
    #expect(written.status == 0)
    #expect(written.errors.hasSuffix("wrote 2 entries to base.yaml\n"))
    let hidden = try lint("--baseline", "base.yaml")
    #expect(hidden.status == 0)
    #expect(hidden.output == "nothing found in 3 files\n")
    // Lines move, and one finding is mended.
    try scratch.write(
      "in/db.yaml", "# moved\n" + Self.policy.replacing("app: dbb", with: "app: db"))
    let after = try lint("--baseline", "base.yaml")
    #expect(after.status == 0)
    #expect(
      after.errors.hasSuffix(
        "base.yaml:4: NPC001 NetworkPolicy shop/db is not found any more; remove it\n"),
      "\(after.errors)")
  }

  @Test func `a baseline that is none is bad input`() throws {
    try scratch.write("base.yaml", "findings:\n- rules: NPC001\n")
    let result = try lint("--baseline", "base.yaml")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains("base.yaml:2:3: error: findings[0]: unknown field \"rules\""))
  }

  @Test func `what the API refuses is a finding where a rule is about it, else bad input`() throws {
    try scratch.write(
      "in/db.yaml",
      Self.policy.replacing(
        "podSelector: {}", with: "ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}"))
    let refused = try lint()
    #expect(refused.status == 1)
    #expect(refused.output.contains("[NPC007]"))
    #expect(refused.errors.contains("NPC014 were not checked: 1 policy could not be read"))
    try scratch.write("in/db.yaml", Self.policy.replacing("from:", with: "form:"))
    let broken = try lint()
    #expect(broken.status == 2)
    #expect(broken.errors.contains("unknown field \"form\""))
    #expect(broken.errors.contains("were not checked: the input has errors"))
    #expect(broken.said.last == "1 error in the input")
  }

  @Test func `rules can be listed and explained`() throws {
    let list = try scratch.netpolc("lint", "--list-rules")
    #expect(list.status == 0)
    #expect(list.output.split(separator: "\n").count >= 22)
    #expect(list.output.contains("NPC004  warning "))
    let help = try scratch.netpolc("lint", "--explain", "NPC004")
    #expect(help.output.hasPrefix("NPC004 selectors-in-separate-items (warning)\n"))
    #expect(help.output.contains("namespaceSelector"))
  }

  @Test(arguments: [
    ([], "Missing expected argument '--filename <path> ...'"),
    (["-f", "x", "--rule", "NPC04"], "no rule NPC04; did you mean NPC004?"),
    (["--explain", "NPC999"], "no rule NPC999"),
    (["-f", "x", "-o", "pdf"], "- sarif"),
    (["-f", "x", "--fail-on", "all"], "'error', 'warning', 'note' or 'none'"),
    (["-f", "x", "--baseline", "a", "--write-baseline", "b"], "exclude each other"),
    (["-f", "x", "-o", "text", "-o", "json"], "only one of text, json can go to standard output"),
  ])
  func `wrong usage is 64, and the reason is said`(_ arguments: [String], _ reason: String) throws {
    let result = try scratch.run([Program.path, "lint"] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains(reason), "\(result.errors)")
  }
}
