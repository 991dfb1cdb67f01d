import Analysis
import ArgumentParser
import Compiler
import Diagnostics
import Options
import Picture
import PolicyModel

struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draw what the policies allow, or how it differs from another version.",
    discussion: """
      Draws the connections that a policy decides; what no policy isolates reaches all of its like \
      and the internet, which --all draws too. With --base, connections that were gained are green \
      with a +, those that were lost red and dashed with a −. An SVG needs nothing but a browser; \
      GitHub and GitLab draw mermaid in Markdown.

      EXAMPLES
        netpolc graph -f manifests/ > policies.svg
        netpolc graph -f manifests/ --base main --fold-dns -o svg=review.svg -o mermaid
        netpolc graph -f manifests/ --collapse namespace -o dot | dot -Tpdf > policies.pdf
      """)

  @OptionGroup var manifests: ManifestOptions

  @OptionGroup var focus: FocusOptions

  @Option(
    help: ArgumentHelp(
      "Show what changed since: a git revision, git:REV:PATH, or dir:PATH.", valueName: "side"))
  var base: String?

  @Option(help: ArgumentHelp("What is one box.", valueName: "unit"))
  var collapse = Collapse.workload

  @Flag(help: "Leave out connections to DNS that did not change.")
  var foldDns = false

  @Flag(help: "Draw also the connections that no policy has a hand in.")
  var all = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How to print it, and to which file; repeatable.", valueName: "format[=file]"))
  var output = [Output(PictureFormat.svg)]

  @OptionGroup var talk: TalkOptions

  func validate() throws { try Outputs.check(output) }

  func run() throws {
    let files = try InputFiles.read(manifests.files)
    let compilation = try compiled(files, audit: manifests.audit.annotation, for: Scope())
    var connectivity = Connectivity(compilation.graph)
    let old = try base.map { try baseSide($0) }
    // Of what is gone, the connections that were lost may be asked for.
    let gone = old.map { Connectivity($0.graph).units() } ?? []
    let test = try focus.test(connectivity.units() + gone)
    let list = ConnectionList(
      &connectivity, ConnectionList.Selection(limit: Self.limit, focus: test))
    var maker = PictureMaker(collapse: collapse, foldsDNS: foldDns, drawsOpen: all)
    if !list.groups.isEmpty {
      Console.note("more than \(Self.limit) connections: workloads that are alike are one box")
      // Groups stand in for workloads, so that these cannot be told by namespace any more.
      maker.drawsOpen = true
    }
    let head = ReviewSide(graph: compilation.graph, policies: compilation.input.policies)
    let connections: [DrawnConnection]
    let title: String
    if let base, let old {
      let review = Review(from: old, to: head, limit: Self.limit)
      connections = review.drawn(over: list, in: connectivity.graph).filter { connection in
        test.map { connection.isAbout($0) } ?? true
      }
      title = "What the change since \(base) allows and denies"
    } else {
      connections = list.drawn(in: connectivity.graph)
      title = "What the policies allow"
    }
    // Where summed up, workloads are no boxes of their own to lead to.
    let routed =
      list.groups.isEmpty
      ? routed(compilation, connectivity, list.units, test).compactMap {
        $0.drawn(in: connectivity.graph)
      } : []
    let units = list.groups.isEmpty ? list.drawnUnits(in: connectivity.graph) : []
    let focused = units.filter { end in test.map { end.isAbout($0) } ?? true }
    let picture = maker.picture(title: title, connections + routed, units: focused)
    try Outputs.write(output) { $0.text(picture) }
  }

  /// With more arrows a picture shows nothing.
  private static let limit = 2_000

  /// A bare revision means the same paths in it.
  private func baseSide(_ text: String) throws -> ReviewSide {
    let isReference = text.hasPrefix("git:") || text.hasPrefix("dir:")
    guard let reference = InputReference(argument: isReference ? text : "git:\(text)") else {
      throw Console.fail("--base \(text) is no revision and no directory", .badInput)
    }
    let references: [InputReference] =
      isReference
      ? [reference] : manifests.files.map { .git(revision: text, path: $0) }
    let files = try references.flatMap { reference in
      guard case .manifests(let files) = try reference.read() else {
        throw Console.fail("\(reference.text) holds rules; give manifests", .badInput)
      }
      return files
    }
    let compilation = try compiled(files, audit: manifests.audit.annotation, for: Scope())
    return ReviewSide(graph: compilation.graph, policies: compilation.input.policies)
  }
}

enum PictureFormat: String, CaseIterable, Sendable {
  case svg
  case dot
  case mermaid

  func text(_ picture: Picture) -> String {
    switch self {
    case .svg: picture.svg
    case .dot: picture.dot
    case .mermaid: picture.mermaid
    }
  }
}

extension Collapse: ExpressibleByArgument {}
