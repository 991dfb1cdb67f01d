import Diagnostics
import Host
import Manifests
import TestSupport
import Testing

/// `examples/ci`: the script that every CI runs, on a repository with a change.
@Suite(.enabled(if: findExecutable("git") != nil, "git is not installed."))
struct CIScriptTests {
  private static let directory =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/examples/ci"

  /// The shop as it was on `main`, and on the branch `change` as it is after the change.
  private func repository() throws -> Scratch {
    let scratch = try Scratch(demo: "before", "after")
    try scratch.git("init", "--quiet", "--initial-branch", "main")
    try scratch.run(["sh", "-c", "mv before/policies . && rmdir before"])
    try scratch.git("add", "policies")
    try scratch.git("commit", "--quiet", "-m", "one")
    try scratch.git("checkout", "--quiet", "-b", "change")
    try scratch.run(["sh", "-c", "cp after/policies/* policies/ && rm -r after"])
    try scratch.git("commit", "--quiet", "-am", "two")
    return scratch
  }

  private func review(
    _ scratch: Scratch, _ environment: [String: String] = [:]
  ) throws -> ProcessResult {
    let own = ["NETPOLC": Program.path, "GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": ""]
    return try scratch.run(
      ["sh", "\(Self.directory)/review.sh"],
      environment: own.merging(environment) { _, given in given })
  }

  @Test func `a change is reported in every format, and fails the gate`() throws {
    let scratch = try repository()
    let result = try review(
      scratch,
      [
        "BASE": "main", "HEAD_REF": "change", "PATHS": "policies", "FAIL_ON": "gained",
        "GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary",
      ])
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.hasPrefix("3 gained   1 lost   9 unchanged"))
    #expect(
      try scratch.text(of: "output") == """
        gained=3
        lost=1
        critical=1
        changed=true
        report-path=.netpolc-review

        """)
    #expect(try scratch.text(of: "summary").contains("| + | shop/api | 169.254.169.254/32 |"))
    let sarif = try json(scratch.text(of: ".netpolc-review/review.sarif"))
    #expect(sarif["version"]?.text == "2.1.0")
    let comment = try scratch.text(of: ".netpolc-review/comment.md")
    #expect(comment.hasPrefix("<!-- netpolc-review -->"))
    #expect(comment.contains("policies/db.yaml:15"))
    #expect(try scratch.text(of: ".netpolc-review/review.svg").contains("cloud metadata address"))
    #expect(
      try scratch.names(in: ".netpolc-review") == [
        "codequality.json", "comment.md", "review.json", "review.junit.xml", "review.md",
        "review.sarif", "review.svg", "review.txt",
      ])
  }

  @Test func `no change passes, as does one that is no policy's`() throws {
    let scratch = try repository()
    let same = try review(
      scratch, ["BASE": "change", "HEAD_REF": "change", "GITHUB_OUTPUT": "output"])
    #expect(same.status == 0, "\(same.errors)")
    #expect(try scratch.text(of: "output").contains("changed=false\n"))
    try scratch.write("README.txt", "Hello.")
    try scratch.git("add", "README.txt")
    try scratch.git("commit", "--quiet", "-m", "three")
    #expect(try review(scratch, ["BASE": "HEAD~1", "HEAD_REF": "HEAD"]).status == 0)
  }

  @Test func `without a base it is where the change parted from its origin`() throws {
    let scratch = try repository()
    let lost = try review(scratch)
    #expect(lost.status == 2)
    #expect(lost.errors.contains("set BASE, or fetch the whole history"))
    try scratch.git("update-ref", "refs/remotes/origin/main", "main")
    #expect(try review(scratch).status == 1)
    #expect(try review(scratch, ["FAIL_ON": "none"]).status == 0)
  }

  @Test func `what was accepted passes`() throws {
    let scratch = try repository()
    let written = try scratch.netpolc("review", "main..change", "--write-allow", "accepted.yaml")
    #expect(written.status == 0)
    let result = try review(
      scratch, ["BASE": "main", "HEAD_REF": "change", "ALLOW_FILE": "accepted.yaml"])
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func `bad input ends it with its own code`() throws {
    let scratch = try repository()
    try scratch.write("policies/web.yaml", "kind: [")
    #expect(try review(scratch, ["BASE": "main"]).status == 2)
    #expect(try review(scratch, ["BASE": "nothing"]).status == 2)
  }

  // MARK: The files of each CI

  private func document(_ name: String) throws -> ManifestValue {
    let path = "\(Self.directory)/\(name)"
    var diagnostics = Diagnostics()
    let documents = parseManifest(
      ManifestFile(path: path, bytes: try readFile(path)), &diagnostics)
    #expect(diagnostics.all.isEmpty, "\(diagnostics.all.map(\.headline))")
    return try #require(documents.first)
  }

  @Test func `the action gives the script what it reads, and nothing of a user is run`() throws {
    let action = try document("github/action.yml")
    let scripts = try ["review.sh", "github/comment.sh"].map {
      String(decoding: try readFile("\(Self.directory)/\($0)"), as: UTF8.self)
    }
    let inputs = Set((action["inputs"]?.members).map { Array($0) }?.map(\.key) ?? [])
    var used: Set<String> = []
    for step in Array(try #require(action["runs"]?["steps"]).items) {
      let run = step["run"]?.text ?? ""
      #expect(!run.contains("${{"), "\(run)")
      for member in Array(try #require(step["env"]).members) {
        let isRead = (scripts + [run]).contains { $0.contains(member.key) }
        #expect(isRead || member.key == "GH_TOKEN", "nothing reads \(member.key)")
        for input in inputs where member.value.text.contains("inputs.\(input) ") {
          used.insert(input)
        }
      }
    }
    #expect(used == inputs, "every input is used")
    let workflow = try document("github/workflow.yml")
    let steps = Array(try #require(workflow["jobs"]?["review"]?["steps"]).items)
    let own = try #require(steps.first { $0["id"]?.text == "netpolc" })
    for member in Array(try #require(own["with"]).members) { #expect(inputs.contains(member.key)) }
  }

  @Test func `the other templates are well-formed, and call what there is`() throws {
    let gitlab = try document("gitlab/netpolc.gitlab-ci.yml")
    let script = try #require(gitlab["netpolc-review"]?["script"])
    #expect(Array(script.items).contains { $0.text.hasSuffix("review.sh") })
    let commands = Array(try document("pre-commit/.pre-commit-hooks.yaml").items).map {
      $0["entry"]?.text.split(separator: " ").dropFirst().first
    }
    #expect(commands == ["lint", "test", "review"])
  }
}
