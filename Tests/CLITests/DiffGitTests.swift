import Host
import TestSupport
import Testing

/// `diff` with revisions of a repository.
@Suite(.enabled(if: findExecutable("git") != nil, "git is not installed."))
struct DiffGitTests {
  /// Two commits: the second allows port 9001 to the API, and has a link.
  private func repository() throws -> Scratch {
    let scratch = try Scratch(Shop.files)
    try scratch.git("init", "--quiet", "--initial-branch", "main")
    try scratch.write("shop/.hidden/broken.yaml", "kind: [")
    try scratch.git("add", ".")
    try scratch.git("commit", "--quiet", "-m", "one")
    try scratch.write("shop/policies/api.yaml", Self.changed)
    try scratch.run(["ln", "-s", "api.yaml", "shop/policies/link.yaml"])
    try scratch.git("add", ".")
    try scratch.git("commit", "--quiet", "-m", "two")
    return scratch
  }

  private static let changed = Shop.api.replacing("port: 9000", with: "port: 9001")
  private static let counts = "rules +1 -1, chains ~1, sets 0, maps 0.\n"

  @Test(arguments: [
    ("git:main~1", "git:main"), ("git:HEAD~1:shop", "git:HEAD:shop"), ("git:main~1", "shop"),
    ("git:main~1:shop", "dir:."), ("git:main~1:./shop/", "git:main:shop"),
  ])
  func `revisions and the work tree are compared`(_ from: String, _ to: String) throws {
    let result = try repository().netpolc("diff", "--from", from, "--to", to, "--stat")
    #expect(result.status == 1)
    #expect(result.output == Self.counts)
  }

  @Test func `a revision with what is not committed is no difference until it is one`() throws {
    let scratch = try repository()
    let same = try scratch.netpolc("diff", "--from", "git:HEAD", "--to", "shop")
    #expect(same.status == 0)
    #expect(same.errors == "skipped    shop/policies/link.yaml of HEAD, a symbolic link\n")
    try scratch.write("shop/policies/api.yaml", Shop.api)
    let result = try scratch.netpolc("diff", "--from", "git:HEAD", "--to", "shop", "--stat")
    #expect(result.output == Self.counts)
  }

  @Test func `a file of a revision is a side`() throws {
    let scratch = try repository()
    let result = try scratch.netpolc(
      "diff", "--from", "git:main~1:shop/policies/web.yaml", "--to", "shop/policies/web.yaml")
    #expect(result.status == 0)
  }

  @Test func `paths are from the current directory`() throws {
    let scratch = try repository()
    for from in ["git:main~1", "git:main~1:.", "git:main~1:../shop"] {
      let result = try scratch.run([
        "sh", "-c", "cd shop && exec \"$0\" diff --from \(from) --to .", Program.path,
      ])
      #expect(result.status == 1)
      #expect(result.output.contains("policies/api.yaml:"))
      #expect(!result.output.contains("shop/policies/api.yaml:"))
    }
  }

  @Test func `a bare repository and a linked work tree have revisions too`() throws {
    let scratch = try repository()
    try scratch.git("clone", "--quiet", "--bare", ".", "bare.git")
    try scratch.git("worktree", "add", "--quiet", "tree", "main~1")
    for directory in ["bare.git", "tree"] {
      let result = try scratch.run([
        "sh", "-c", "cd \(directory) && exec \"$0\" diff --from git:main~1 --to git:main --stat",
        Program.path,
      ])
      #expect(result.output == Self.counts)
      #expect(result.status == 1)
    }
    let inside = try scratch.run([
      "sh", "-c", "cd bare.git && exec \"$0\" diff --from git:main:shop --to ../shop", Program.path,
    ])
    #expect(inside.status == 0)
  }

  @Test func `what git does not have is bad input`() throws {
    let scratch = try repository()
    for (side, message) in [
      ("git:nope", "git knows no revision nope"),
      ("git:main:nope", "no .yaml, .yml or .json file in nope of main"),
    ] {
      let result = try scratch.netpolc("diff", "--from", side, "--to", "shop")
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(result.errors == "netpolc: \(message)\n")
    }
    let outside = try Scratch(Shop.files).netpolc(
      "diff", "--from", "git:main", "--to", "shop", environment: ["GIT_CEILING_DIRECTORIES": "/"])
    #expect(outside.status == 2)
    #expect(outside.errors.hasPrefix("netpolc: git cannot look up revision main: fatal: not a git"))
  }

  @Test func `errors of a revision have a place in it`() throws {
    let scratch = try repository()
    try scratch.write("shop/policies/web.yaml", Shop.broken)
    try scratch.git("commit", "--quiet", "-am", "three")
    let result = try scratch.netpolc("diff", "--from", "git:main", "--to", "git:main~1")
    #expect(result.status == 2)
    #expect(result.said.first?.hasPrefix("skipped") == true)
    #expect(result.said.dropFirst().first?.hasPrefix("shop/policies/web.yaml:4:8: error:") == true)
  }
}
