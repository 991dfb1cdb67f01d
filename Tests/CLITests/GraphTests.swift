import Host
import TestSupport
import Testing

/// `graph`: pictures that open, and what is in them.
@Suite struct GraphTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch(DemoFiles.base.merging(DemoFiles.head) { $1 }) }

  private func graph(_ arguments: String...) throws -> ProcessResult {
    try scratch.run([Program.path, "graph", "-f", "head/policies"] + arguments)
  }

  private static let examples =
    #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/") + "/examples"

  /// Folders that are one input each, which those of cases are not.
  static let exampleNames = ((try? names(in: examples)) ?? []).filter { name in
    ((try? names(in: "\(examples)/\(name)")) ?? []).contains { $0.hasSuffix(".yaml") }
  }.sorted()

  @Test(arguments: exampleNames, Collapsing.allCases)
  func `the picture of every example is XML`(_ example: String, _ collapsing: Collapsing) throws {
    let files = try names(in: "\(Self.examples)/\(example)").filter { $0.hasSuffix(".yaml") }
    let paths = files.flatMap { ["-f", "\(Self.examples)/\(example)/\($0)"] }
    let result = try scratch.run(
      [Program.path, "graph", "--collapse", collapsing.rawValue] + paths)
    #expect(result.status == 0, "\(result.errors)")
    #expect(problem(inXML: result.output) == nil)
  }

  enum Collapsing: String, CaseIterable, Sendable {
    case workload
    case namespace
    case policy
  }

  @Test func `mermaid and dot start as they must`() throws {
    let mermaid = try graph("-o", "mermaid").output
    #expect(mermaid.hasPrefix("---\ntitle: \"What the policies allow\"\n---\nflowchart LR\n"))
    #expect(mermaid.contains("[\"db<br>StatefulSet\"]"))
    #expect(try graph("-o", "dot").output.hasPrefix("digraph "))
  }

  @Test func `several forms are written in one run`() throws {
    let result = try graph("-o", "svg=g.svg", "-o", "dot=g.dot", "-o", "mermaid")
    #expect(result.output == (try graph("-o", "mermaid").output))
    #expect(problem(inXML: try scratch.text(of: "g.svg")) == nil)
    #expect(try scratch.text(of: "g.dot") == graph("-o", "dot").output)
  }

  @Test func `a base marks what was gained and lost`() throws {
    let result = try graph("--base", "dir:base/policies", "-o", "mermaid").output
    #expect(result.contains("title: \"What the change since dir:base/policies allows and denies\""))
    #expect(result.contains("-->|\"#43; 5432\"|"))
    #expect(result.contains("-->|\"#43; 80,443\"|"))
    #expect(result.contains("-.-x|\"− TCP 53, UDP 53\"|"))
    #expect(result.contains("⚠"))
  }

  @Test func `a base is a revision of the repository`() throws {
    let repository = try Scratch(DemoFiles.base)
    try repository.git("init", "-q", "-b", "main")
    try repository.git("add", ".")
    try repository.git("commit", "-qm", "Base")
    for (name, text) in DemoFiles.head {
      try repository.write(name.replacing("head/", with: "base/"), text)
    }
    let bare = try repository.netpolc(
      "graph", "-f", "base/policies", "--base", "main", "-o", "mermaid")
    let path = try repository.netpolc(
      "graph", "-f", "base/policies", "--base", "git:main:base/policies", "-o", "mermaid")
    #expect(bare.output.contains("-->|\"#43; 5432\"|"))
    #expect(
      bare.output.replacing("main", with: "git:main:base/policies") == path.output)
    let unknown = try repository.netpolc("graph", "-f", "base/policies", "--base", "nothing")
    #expect(unknown.status != 0 && unknown.output == "")
  }

  @Test func `a focus is about changes too`() throws {
    func marks(_ arguments: String...) throws -> [Bool] {
      let text = try scratch.run(
        [Program.path, "graph", "-f", "head/policies", "--base", "dir:base/policies"]
          + ["-o", "mermaid"] + arguments
      ).output
      return ["#43; 5432", "#43; 80,443", "− TCP 53"].map(text.contains)
    }
    #expect(try marks() == [true, true, true])
    #expect(try marks("--workload", "shop/report") == [false, false, true])
    #expect(try marks("-n", "monitoring") == [true, false, false])
  }

  @Test func `what is gone can be asked for by name`() throws {
    let scratch = try Scratch(["old/w.yaml": Shop.cluster, "new/w.yaml": Shop.web])
    let result = try scratch.netpolc(
      "graph", "-f", "new", "--base", "dir:old", "--workload", "shop/db-0", "-o", "mermaid")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("db-0"))
  }

  @Test func `DNS can be left out, and what policies have no hand in be drawn`() throws {
    let folded = try graph("--fold-dns", "-o", "mermaid").output
    #expect(!folded.contains("UDP 53"))
    let svg = try graph("--fold-dns").output
    #expect(svg.contains("DNS of 3 workloads not drawn"))
    #expect(!folded.contains("internet"))
    #expect(try graph("--all", "-o", "mermaid").output.contains("internet"))
  }

  @Test func `boxes can be namespaces, or what policies treat alike`() throws {
    let namespaces = try graph("--collapse", "namespace", "-o", "mermaid").output
    #expect(namespaces.contains("shop<br>4 workloads"))
    #expect(!namespaces.contains("subgraph"))
    try scratch.write("pods/pods.yaml", Owned.pods)
    try scratch.write("pods/policies.yaml", Owned.policies)
    let alike = try scratch.netpolc("graph", "-f", "pods", "--collapse", "policy", "-o", "mermaid")
    #expect(alike.output.contains("db-1<br>and 1 alike"))
  }

  @Test func `what leads to workloads is drawn, unless policies stop it`() throws {
    try scratch.write("routes.yaml", ListPodsTests.routes)
    let result = try graph("-f", "routes.yaml", "-o", "mermaid")
    #expect(result.output.contains("front<br>Ingress"))
    #expect(result.output.contains("metrics<br>HTTPRoute"))
  }
}
