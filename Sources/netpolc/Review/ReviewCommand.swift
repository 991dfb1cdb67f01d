import Analysis
import ArgumentParser
import Compiler
import Diagnostics
import Manifests
import Options
import Picture
import PolicyModel
import Reports

struct ReviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Say which connections a change opens and closes, and which line did it.",
    discussion: """
      Compares what two versions allow: BASE..HEAD are revisions of the git repository around the \
      current directory, BASE.. compares with the files as they are, and BASE...HEAD starts where \
      both parted. --from and --to take dir:PATH, git:REV[:PATH], a path, or - for manifests on \
      standard input. Exits 1 when a change trips --fail-on.

      EXAMPLES
        netpolc review main..
        netpolc review origin/main...HEAD -f policies/ -f deploy/ --fail-on gained
        netpolc review main.. -o text -o sarif=review.sarif -o github-md=comment.md
        helm template chart | netpolc review --from git:main:rendered --to -
        netpolc review --demo
      """)

  @Argument(help: ArgumentHelp("Which revisions to compare: BASE..HEAD.", valueName: "base..head"))
  var range: RevisionRange?

  @Option(help: ArgumentHelp("The old version, instead of BASE.", valueName: "side"))
  var from: InputReference?

  @Option(help: ArgumentHelp("The new version, instead of HEAD.", valueName: "side"))
  var to: InputReference?

  @Option(
    name: [.short, .customLong("filename")], parsing: .singleValue,
    help: ArgumentHelp(
      "Only this file or directory of both revisions; repeatable.", valueName: "path"))
  var files: [String] = []

  @OptionGroup var audit: AuditOptions

  @Flag(help: "Review an example that comes with netpolc.")
  var demo = false

  @Option(help: ArgumentHelp("Which changes fail the review.", valueName: "changes"))
  var failOn = Gate.any

  @Flag(help: "Exit 0 whatever changed, the same as --fail-on none.")
  var exitZero = false

  @Option(
    help: ArgumentHelp(
      "Changes that were accepted on purpose: they are shown, and fail nothing.",
      valueName: "file"))
  var allow: String?

  @Option(
    help: ArgumentHelp("Write the changes that are found to a file for --allow.", valueName: "file")
  )
  var writeAllow: String?

  @Option(
    help: ArgumentHelp("Draw the change as an SVG, the same as -o svg=FILE.", valueName: "file"))
  var graph: String?

  @Option(
    help: ArgumentHelp(
      "Sum up workloads that are alike when more connections changed than this.",
      valueName: "number"))
  var maxRows = 1_000

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How to print it, and to which file; repeatable.", valueName: "format[=file]"))
  var output = [Output(ReviewFormat.text)]

  @OptionGroup var talk: TalkOptions

  func validate() throws {
    if maxRows < 1 { throw ValidationError("--max-rows needs a number from 1") }
    try Outputs.check(output)
    if demo {
      guard range == nil, from == nil, to == nil, files.isEmpty, !audit.isGiven else {
        throw ValidationError("--demo brings its own versions")
      }
      return
    }
    if range != nil, from != nil || to != nil {
      throw ValidationError("give BASE..HEAD, or --from and --to, not both")
    }
    if range == nil, from == nil {
      throw ValidationError("give BASE..HEAD such as main.., or --from, or --demo")
    }
    if from?.isStandardInput ?? false, to?.isStandardInput ?? false {
      throw ValidationError("only one side can be standard input")
    }
    if range == nil, !files.isEmpty {
      throw ValidationError("-f goes with BASE..HEAD; --from and --to name their own paths")
    }
  }

  func run() throws {
    let (base, head) = try versions()
    let accepted = try allow.map { try AcceptedChanges(reading: $0) } ?? AcceptedChanges()
    // The new version first: its errors are those that somebody is about to make.
    let after = try side(head, isBase: false)
    let before = try side(base, isBase: true)
    let review = Progress.during("comparing") {
      let suspicions = Suspicions(about: head.files, audit.annotation)
      return Review(from: before, to: after, limit: maxRows)
        .explained { suspicions.causes(of: $0) }
    }
    let report = ReviewReport(
      review, of: after, from: base.name, to: head.name, accepted: accepted,
      gate: exitZero ? .none : failOn, command: invocation,
      allowFile: shellWord(allow ?? ".netpolc-allow.yaml"), pages: try pages)
    accepted.unused(by: report.rows).forEach(Console.say)
    if let writeAllow {
      try Outputs.file(writeAllow, AcceptedChanges.text(report.rows))
      let changes =
        report.rows.count == 1 ? "1 accepted change" : "\(report.rows.count) accepted changes"
      Console.note("wrote      \(changes) to \(writeAllow): say why in each reason")
    }
    try Outputs.write(output) { try report.text($0) }
    if let graph { try Outputs.file(graph, report.picture.svg) }
    if report.isFailed, writeAllow == nil { throw ExitCode.finding }
  }

  private var pages: ReviewPages? {
    get throws {
      guard let range, output.contains(where: { $0.format == .githubMarkdown }) else { return nil }
      return try ReviewPages.onGitHub(range)
    }
  }

  /// As the user would type it again.
  private var invocation: String {
    let sides =
      range.map { [shellWord($0.text)] }
      ?? [
        from.map { "--from \(shellWord($0.text))" }, to.map { "--to \(shellWord($0.text))" },
      ].compactMap(\.self)
    let accepting = allow.map { ["--allow \(shellWord($0))"] } ?? []
    let paths = files.map { "-f \(shellWord($0))" }
    return (["netpolc review"] + (demo ? ["--demo"] : sides + paths) + accepting)
      .joined(separator: " ")
  }

  private func shellWord(_ text: String) -> String {
    let isPlain = text.wholeMatch(of: /[A-Za-z0-9_.\/:@%+,^-]+/) != nil
    return isPlain ? text : "'\(text.replacing("'", with: "'\\''"))'"
  }

  // MARK: Reading both versions

  private func versions() throws -> (ReviewVersion, ReviewVersion) {
    if demo {
      return (
        ReviewVersion(name: "before", files: Demo.before),
        ReviewVersion(name: "after", files: Demo.after)
      )
    }
    if let range { return try ReviewVersion.both(of: range, below: files) }
    guard let from else { throw ExitCode.badInput }
    return (try ReviewVersion(from), try ReviewVersion(to ?? .path(".")))
  }

  private func side(_ version: ReviewVersion, isBase: Bool) throws -> ReviewSide {
    var diagnostics = Diagnostics()
    let compilation = Progress.during("compiling \(version.name)") {
      compile(version.files, audit: audit.annotation, for: Scope(), &diagnostics)
    }
    // Warnings of the old version are old news, and most are the new one's too.
    if !isBase || diagnostics.hasErrors {
      try DiagnosticPrinter(version.files).check(diagnostics, of: version.name)
    }
    guard let compilation else { throw ExitCode.badInput }
    return ReviewSide(graph: compilation.graph, policies: compilation.input.policies)
  }
}

/// Which changes fail a review.
enum Gate: String, CaseIterable, ExpressibleByArgument {
  case any
  case gained
  case lost
  case critical
  case none
}

enum ReviewFormat: String, CaseIterable, Sendable {
  case text
  case json
  case md
  case github
  case githubMarkdown = "github-md"
  case gitlab
  case sarif
  case junit
  case tap
  case svg
  case dot
  case mermaid
}
