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
    // Also where a CI runs this.
    let foreign = [
      "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "GITHUB_BASE_REF", "GITHUB_SHA",
      "CI_MERGE_REQUEST_DIFF_BASE_SHA", "SYSTEM_PULLREQUEST_TARGETBRANCH",
    ]
    var own = Dictionary(uniqueKeysWithValues: foreign.map { ($0, "") })
    own["NETPOLC"] = Program.path
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
        "annotations.txt", "codequality.json", "comment.md", "errors.txt", "review.json",
        "review.junit.xml", "review.md",
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
    #expect(lost.errors.contains("netpolc: git knows no revision origin/main\n"))
    #expect(lost.errors.contains("set BASE to compare with another revision"))
    try scratch.git("update-ref", "refs/remotes/origin/main", "main")
    #expect(try review(scratch).status == 1)
    #expect(try review(scratch, ["FAIL_ON": "none"]).status == 0)
    try scratch.git("update-ref", "refs/remotes/origin/next", "change")
    for target in [
      ["GITHUB_BASE_REF": "next"], ["SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/next"],
      ["CI_MERGE_REQUEST_DIFF_BASE_SHA": "change"],
    ] { #expect(try review(scratch, target).status == 0, "\(target)") }
  }

  @Test func `a shallow clone is told to fetch more`() throws {
    let scratch = try repository()
    try scratch.git(
      "clone", "--quiet", "--depth", "1", "--branch", "change", "file://\(scratch.path)", "shallow")
    let clone = try scratch.run(
      ["sh", "-c", "cd shallow && exec sh \"$0\"", "\(Self.directory)/review.sh"],
      environment: ["NETPOLC": Program.path, "GITHUB_BASE_REF": "main", "BASE": ""])
    #expect(clone.status == 2)
    #expect(clone.errors.contains("fetch-depth: 0"))
  }

  @Test func `on GitHub lines get annotations, and no name is a command`() throws {
    let scratch = try repository()
    try scratch.git("mv", "policies", "::error::policies")
    let result = try review(scratch, ["BASE": "main", "GITHUB_ACTIONS": "true"])
    #expect(result.status == 1)
    let lines = result.output.split(separator: "\n")
    let token = try #require(lines.first).dropFirst("::stop-commands::".count)
    #expect(lines.first?.hasPrefix("::stop-commands::") == true && token.count == 32)
    let end = try #require(lines.firstIndex(of: "::\(token)::"))
    #expect(lines[..<end].contains { $0.contains("      ::error::policies/api.yaml:30") })
    #expect(lines[(end + 1)...].count == 4)
    #expect(
      lines[end + 1].hasPrefix("::error file=%3A%3Aerror%3A%3Apolicies/api.yaml,line=30,col=7,"))
  }

  @Test func `patterns find in both versions what they match`() throws {
    let scratch = try repository()
    try scratch.git("rm", "--quiet", "policies/report.yaml")
    let result = try review(scratch, ["BASE": "main", "PATHS": "policies/*.yaml"])
    #expect(result.output.contains("policy shop/report is gone"), "\(result.output)")
  }

  @Test func `what a command prints is reviewed in both versions`() throws {
    let scratch = try repository()
    let render = "for f in policies/*.yaml; do cat $f; echo ---; done"
    let result = try review(scratch, ["BASE": "main", "RENDER": render])
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.hasPrefix("3 gained   1 lost   9 unchanged"))
    #expect(result.output.contains(".netpolc-review/rendered.yaml:"))
    let trees = try scratch.run(["git", "worktree", "list"]).output.split(separator: "\n")
    #expect(trees.count == 1, "the base's work tree is gone")
    let failed = try review(scratch, ["BASE": "main", "RENDER": "exit 7"])
    #expect(failed.status == 2)
    #expect(failed.errors.contains("review.sh: RENDER failed in main"))
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
    let result = try review(scratch, ["BASE": "main", "GITHUB_STEP_SUMMARY": "summary"])
    #expect(result.status == 2)
    #expect(result.errors.contains("policies/web.yaml:1:8: error:"))
    #expect(try scratch.text(of: "summary").contains("\n    policies/web.yaml:1:8: error:"))
    #expect(try review(scratch, ["BASE": "nothing"]).status == 2)
  }

  // MARK: The comment

  /// Runs comment.sh with a `gh` that answers with `comments` and notes what it was asked.
  private func comment(
    _ comments: String, _ mode: String, changed: Bool, failing: Bool = false
  ) throws -> (asked: [Substring], result: ProcessResult) {
    let scratch = try Scratch(["report/comment.md": "text"])
    try scratch.write(
      "bin/gh",
      "#!/bin/sh\necho \"$*\" >>asked\n"
        + (failing ? "exit 1\n" : "case $* in *PATCH*|*POST*) ;; *) printf '\(comments)' ;; esac\n")
    )
    try scratch.run(["chmod", "+x", "bin/gh"])
    let result = try scratch.run(
      ["sh", "-c", "PATH=$PWD/bin:$PATH exec sh \"$0\"", "\(Self.directory)/github/comment.sh"],
      environment: [
        "COMMENT": mode, "CHANGED": "\(changed)", "REPORT": "report", "NUMBER": "5",
        "GITHUB_REPOSITORY": "o/r",
      ])
    let asked = (try? scratch.text(of: "asked").split(separator: "\n")) ?? []
    return (asked, result)
  }

  @Test func `a comment is added once, and changed from then on`() throws {
    func written(_ comments: String, _ mode: String, changed: Bool) throws -> [String] {
      try comment(comments, mode, changed: changed).asked.filter { $0.contains("--method") }
        .map { $0.split(separator: " ").dropFirst(2).prefix(2).joined(separator: " ") }
    }
    let added = "POST repos/o/r/issues/5/comments"
    let updated = "PATCH repos/o/r/issues/comments/71"
    #expect(try written("", "on-change", changed: true) == [added])
    #expect(try written("", "on-change", changed: false) == [])
    #expect(try written("", "true", changed: false) == [added])
    #expect(try written("71\\n72\\n", "on-change", changed: false) == [updated])
    #expect(try written("71\\n", "false", changed: true) == [])
  }

  @Test func `a token that may not comment fails nothing`() throws {
    let (_, result) = try comment("", "true", changed: true, failing: true)
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("::warning title=netpolc::comments cannot be read"))
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
      let environment = (step["env"]?.members).map { Array($0) } ?? []
      for member in environment {
        let isRead = (scripts + [run]).contains { $0.contains(member.key) }
        #expect(isRead || member.key == "GH_TOKEN", "nothing reads \(member.key)")
      }
      let given = environment + ((step["with"]?.members).map { Array($0) } ?? [])
      let texts = given.map(\.value.text) + [step["if"]?.text ?? ""]
      for input in inputs where texts.contains(where: { $0.contains("inputs.\(input) ") }) {
        used.insert(input)
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
