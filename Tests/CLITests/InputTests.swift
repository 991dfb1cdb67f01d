import Glibc
import Host
import TestSupport
import Testing

/// What `-f` takes, and what is said about what it does not.
@Suite struct InputTests {
  /// A NetworkPolicy.
  private func policy(_ name: String) -> String {
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: \(name)}\n"
      + "spec: {podSelector: {}}\n"
  }

  /// The order in which objects were read is that of errors about the second of two.
  @Test func `a directory is read sorted, with what is below it and without what is hidden`() throws
  {
    let scratch = try Scratch([
      "d/b.yaml": policy("same"), "d/a/z.yml": policy("same"), "d/c.json": policy("same"),
      "d/.git/e.yaml": "broken: [", "d/.f.yaml": "broken: [", "d/notes.txt": "broken: [",
    ])
    let result = try scratch.netpolc("compile", "-f", "d")
    #expect(result.status == 2)
    #expect(
      result.said.filter { $0.contains("error:") } == [
        "d/b.yaml:1:1: error: NetworkPolicy default/same is already given at d/a/z.yml:1 "
          + "[duplicate-object]",
        "d/c.json:1:1: error: found `apiVersion`, expected a value [json-syntax]",
      ])
  }

  @Test func `files, directories, patterns and standard input add up`() throws {
    let scratch = try Scratch([
      "one.yaml": policy("one"), "d/two.yaml": policy("two"), "p-1.yaml": policy("three"),
      "p-2.yaml": policy("four"),
    ])
    let result = try scratch.netpolc(
      "compile", "-f", "one.yaml", "-f", "d", "-f", "p-*.yaml", "-f", "-", "--stats",
      input: policy("five"))
    #expect(result.status == 0)
    #expect(result.said.first == "read       5 policies, 0 pods, 0 workloads in 1 namespace")
  }

  @Test func `a file that is named twice is read once`() throws {
    let scratch = try Scratch(["d/one.yaml": policy("one")])
    try scratch.run(["ln", "-s", "one.yaml", "d/link.yaml"])
    let result = try scratch.netpolc(
      "compile", "-f", "d", "-f", "d/one.yaml", "-f", "./d", "--stats")
    #expect(result.said.first == "read       1 policy, 0 pods, 0 workloads in 1 namespace")
  }

  @Test func `a link that leads nowhere matters when it should be a manifest`() throws {
    let scratch = try Scratch(["d/one.yaml": policy("one")])
    try scratch.run(["ln", "-s", "nowhere", "d/notes"])
    #expect(try scratch.netpolc("compile", "-f", "d").status == 0)
    try scratch.run(["ln", "-s", "nowhere", "d/two.yaml"])
    let result = try scratch.netpolc("compile", "-f", "d")
    #expect(result.status == 2)
    #expect(result.errors == "netpolc: d/two.yaml: cannot be read\n")
  }

  @Test func `a file whose name is a pattern is that file`() throws {
    let scratch = try Scratch(["a[1].yaml": policy("one")])
    #expect(try scratch.netpolc("compile", "-f", "a[1].yaml").status == 0)
  }

  @Test func `standard input is JSON or YAML, and is named so`() throws {
    let scratch = try Scratch()
    #expect(try scratch.netpolc("compile", "-f", "-", input: policy("a")).status == 0)
    let json = #"{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}"#
    #expect(try scratch.netpolc("compile", "-f", "-", input: json).status == 0)
    let result = try scratch.netpolc("compile", "-f", "-", input: "kind: [")
    #expect(result.status == 2)
    #expect(result.said.first?.hasPrefix("<stdin>:") == true)
  }

  @Test func `what is not there, and what holds nothing, is bad input`() throws {
    let scratch = try Scratch(["empty/notes.txt": "no manifest"])
    for (path, message) in [
      ("missing.yaml", "netpolc: missing.yaml: No such file or directory\n"),
      ("missing-*.yaml", "netpolc: no file matches missing-*.yaml\n"),
      ("empty", "netpolc: no .yaml, .yml or .json file in empty\n"),
    ] {
      let result = try scratch.netpolc("compile", "-f", path)
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(result.errors == message)
    }
  }

  @Test func `a file that may not be read is bad input`() throws {
    let scratch = try Scratch(["secret.yaml": policy("a")])
    try scratch.run(["chmod", "000", "secret.yaml"])
    // Root may read anything, but not in a user namespace where it is nobody.
    let user = geteuid() == 0 ? ["unshare", "--user"] : []
    let result = try scratch.run(user + [Program.path, "compile", "-f", "secret.yaml"])
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors == "netpolc: secret.yaml: Permission denied\n")
  }

  @Test func `every problem of every file is said at once, at its place, and nothing written`()
    throws
  {
    let scratch = try Scratch([
      "a.yaml": Shop.broken, "b.yaml": "kind: [", "c.yaml": policy("fine"),
    ])
    let result = try scratch.netpolc("compile", "-f", ".", "-o", "nft=out.nft")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(try !scratch.names(in: ".").contains("out.nft"))
    let headlines = result.said.filter { $0.contains("error:") }
    #expect(
      headlines.map { $0.prefix { $0 != " " } } == ["a.yaml:4:8:", "a.yaml:7:28:", "b.yaml:1:8:"])
    #expect(headlines.first?.contains("unknown field \"podSelectors\"") == true)
    #expect(result.errors.contains("did you mean podSelector?"))
    #expect(result.said.last == "1 file had no problem, 3 errors, nothing written")
  }

  @Test func `warnings do not stop the result`() throws {
    let scratch = try Scratch()
    let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n"
    let result = try scratch.netpolc("compile", "-f", "-", input: policy)
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("add table ip netpolc\n"))
    #expect(result.said.first?.contains("warning: no spec") == true)
  }
}
