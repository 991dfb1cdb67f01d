import Host
import TestSupport
import Testing

/// `review` of revisions.
@Suite(.enabled(if: findExecutable("git") != nil, "git is not installed."))
struct ReviewGitTests {
  /// The first commit is the shop as it was, the branch `change` the shop after the change; `main`
  /// went on by a commit that adds a policy.
  private func repository() throws -> Scratch {
    let scratch = try Scratch(demo: "before", "after")
    try scratch.git("init", "--quiet", "--initial-branch", "main")
    try scratch.run(["sh", "-c", "mv before/policies . && rmdir before"])
    try scratch.git("add", "policies")
    try scratch.git("commit", "--quiet", "-m", "one")
    try scratch.git("checkout", "--quiet", "-b", "change")
    try scratch.run(["sh", "-c", "cp after/policies/* policies/ && rm -r after"])
    try scratch.git("commit", "--quiet", "-am", "two")
    try scratch.git("checkout", "--quiet", "main")
    try scratch.write("policies/open.yaml", Self.open)
    try scratch.git("add", "policies")
    try scratch.git("commit", "--quiet", "-m", "three")
    try scratch.git("checkout", "--quiet", "change")
    return scratch
  }

  private static let open = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: open, namespace: monitoring}
    spec: {podSelector: {}, policyTypes: [Ingress]}
    """

  @Test func `two dots compare revisions, three start where they parted`() throws {
    let scratch = try repository()
    let parted = try scratch.netpolc("review", "main...change")
    #expect(parted.status == 1)
    #expect(parted.output.hasPrefix("3 gained   1 lost   9 unchanged"))
    let straight = try scratch.netpolc("review", "main..change")
    #expect(straight.output.contains("policy monitoring/open, which isolated it, is gone"))
    let files = try scratch.netpolc("review", "main~1..")
    #expect(files.output.hasPrefix("3 gained   1 lost   9 unchanged"))
  }

  @Test func `what is not committed counts when no head is named`() throws {
    let scratch = try repository()
    try scratch.git("rm", "--quiet", "-r", "--cached", "policies")
    #expect(try scratch.netpolc("review", "change..").status == 0)
    try scratch.run(["rm", "policies/dns.yaml"])
    let result = try scratch.netpolc("review", "change..")
    #expect(result.status == 1)
    #expect(result.output.contains("policy shop/allow-dns is gone"))
  }

  @Test func `a worktree, a bare clone and a directory below answer alike`() throws {
    let scratch = try repository()
    try scratch.git("worktree", "add", "--quiet", "tree", "main")
    try scratch.git("clone", "--quiet", "--bare", ".", "bare.git")
    let expected = try scratch.netpolc("review", "change~1..change", "-f", "policies").output
    for directory in ["tree", "bare.git"] {
      let result = try scratch.run([
        "sh", "-c", "cd \(directory) && \"$0\" review change~1..change -f policies", Program.path,
      ])
      #expect(result.output.hasPrefix("3 gained   1 lost   9 unchanged"), "\(result.errors)")
    }
    let below = try scratch.run([
      "sh", "-c", "cd policies && \"$0\" review change~1..change", Program.path,
    ])
    #expect(below.output.replacing("  api.yaml", with: "") != expected)
    #expect(below.output.contains("api.yaml:30"))
  }

  @Test func `a shallow clone says what to fetch`() throws {
    let scratch = try repository()
    try scratch.git(
      "clone", "--quiet", "--depth", "1", "--branch", "change", "file://\(scratch.path)", "shallow")
    func review(_ range: String) throws -> ProcessResult {
      try scratch.run(["sh", "-c", "cd shallow && \"$0\" review \(range)", Program.path])
    }
    let missing = try review("HEAD~1..HEAD")
    #expect(missing.status == 2)
    #expect(
      missing.errors
        == "netpolc: git knows no revision HEAD~1; this clone is shallow: git fetch --unshallow, "
        + "or fetch-depth: 0\n")
    #expect(try review("HEAD..").status == 0)
  }

  @Test func `what is new or gone is an empty side`() throws {
    let scratch = try repository()
    try scratch.write("extra/one.yaml", Self.open)
    try scratch.git("add", "extra")
    try scratch.git("commit", "--quiet", "-m", "four")
    let new = try scratch.netpolc("review", "HEAD~1..HEAD", "-f", "extra", "-f", "policies")
    #expect(new.status == 1)
    #expect(new.output.contains("new policy monitoring/open isolates"))
    let gone = try scratch.netpolc("review", "HEAD..HEAD~1", "-f", "extra", "-f", "policies")
    #expect(gone.output.contains("policy monitoring/open, which isolated it, is gone"))
    let nowhere = try scratch.netpolc("review", "HEAD~1..HEAD", "-f", "nowhere")
    #expect(nowhere.status == 2)
    #expect(nowhere.errors.contains("nowhere"))
  }

  @Test(arguments: [
    ("nothing..HEAD", "git knows no revision nothing"),
    ("HEAD..nothing", "git knows no revision nothing"),
    ("HEAD...nothing", "git knows no revision nothing"),
  ])
  func `a revision that is not there is said`(_ range: String, _ reason: String) throws {
    let result = try repository().netpolc("review", range)
    #expect(result.status == 2)
    #expect(result.errors == "netpolc: \(reason)\n")
  }

  @Test func `bad manifests of a revision are shown at their place`() throws {
    let scratch = try repository()
    try scratch.write("policies/web.yaml", "kind: [")
    let result = try scratch.netpolc("review", "HEAD..")
    #expect(result.status == 2)
    #expect(result.errors.contains("policies/web.yaml:1:"))
    #expect(result.errors.contains("in working tree, nothing compared"))
  }

  @Test func `bad manifests of the base are shown as such`() throws {
    let scratch = try repository()
    try scratch.write("policies/web.yaml", "kind: [")
    try scratch.git("commit", "--quiet", "-am", "four")
    let result = try scratch.netpolc("review", "HEAD..HEAD~1")
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.said.first?.hasPrefix("policies/web.yaml:1:8: error:") == true)
    #expect(result.said.last?.hasSuffix("1 error in HEAD, nothing compared") == true)
  }

  @Test func `outside of a repository that is said`() throws {
    let result = try Scratch().netpolc(
      "review", "main..", environment: ["GIT_CEILING_DIRECTORIES": "/"])
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("netpolc: not in a git repository: fatal: "))
  }

  @Test func `files that move change nothing`() throws {
    let scratch = try repository()
    try scratch.git("mv", "policies", "network")
    try scratch.git("mv", "network/web.yaml", "front.yaml")
    let result = try scratch.netpolc("review", "HEAD..")
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("No policy changed, and no connection did.\n"))
    // Named by their paths, one is new and one is gone.
    let named = try scratch.netpolc(
      "review", "HEAD..", "-f", "policies", "-f", "network", "-f", "front.yaml")
    #expect(named.output == result.output)
    #expect(
      named.errors == """
        empty      policies of working tree: nothing is there any more
        empty      network of HEAD: nothing is there yet
        empty      front.yaml of HEAD: nothing is there yet

        """)
  }

  /// A file that one side leaves out would look like a change.
  @Test(arguments: ["policies/*.yaml", "pol*", "./policies/", "*/*", ".hidden", ".hidden/p*/*"])
  func `a path selects of a revision what it selects of the working tree`(_ path: String) throws {
    let scratch = try repository()
    try scratch.run(["sh", "-c", "mkdir .hidden && cp -r policies .hidden"])
    try scratch.git("add", ".hidden")
    try scratch.git("commit", "--quiet", "-m", "four")
    for range in ["HEAD..", "HEAD..HEAD"] {
      let result = try scratch.netpolc("review", range, "-f", path)
      #expect(result.status == 0)
      #expect(result.errors == "")
      #expect(result.output.hasSuffix("No policy changed, and no connection did.\n"))
    }
  }

  @Test func `on GitHub the comment links each line in its version`() throws {
    let scratch = try repository()
    try scratch.git("tag", "start", "main~1")
    let page = "https://example.test/o/r/blob"
    let github = [
      "GITHUB_SERVER_URL": "https://example.test", "GITHUB_REPOSITORY": "o/r",
      "GITHUB_SHA": "0123abc",
    ]
    func comment(_ range: String, in directory: String = ".") throws -> String {
      try scratch.run(
        ["sh", "-c", "cd \(directory) && \"$0\" review \(range) -o github-md", Program.path],
        environment: github
      ).output
    }
    let line = "policies/api.yaml#L30): except no longer lists"
    #expect(try comment("start..").contains("[policies/api.yaml:30](\(page)/0123abc/\(line)"))
    #expect(
      try comment("start..", in: "policies").contains("[api.yaml:30](\(page)/0123abc/\(line)"))
    let change = try scratch.run(["git", "rev-parse", "change"]).output.prefix(40)
    #expect(try comment("start..change").contains("(\(page)/\(change)/\(line)"))
    let back = try comment("change..start")
    #expect(back.contains("[policies/db.yaml:15 (before)](\(page)/\(change)/policies/db.yaml#L15)"))
  }
}
