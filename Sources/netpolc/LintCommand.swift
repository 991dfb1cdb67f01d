import ArgumentParser
import Diagnostics
import Host
import Lint
import Manifests
import Options
import Reports

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Say what is suspicious about policies: NPC001 and the following rules.",
    discussion: """
      Reads policies, and the pods, workloads, namespaces and Services that they are about. Exits 0 \
      when nothing is found at the level of --fail-on, 1 when something is, 2 when the input has \
      other errors.

      A comment "# netpolc:ignore NPC004 why" above a line or at its end, or the annotation \
      netpolc.dev/ignore on a policy, accepts a finding on purpose.

      EXAMPLES
        netpolc lint -f manifests/
        netpolc lint -f manifests/ --rule -NPC014 --fail-on error
        netpolc lint -f manifests/ -o json=lint.json -o text
        netpolc lint -f manifests/ --write-baseline .netpolc-baseline.yaml
        netpolc lint --explain NPC004
      """)

  @Option(
    name: [.short, .customLong("filename")], parsing: .singleValue,
    help: ArgumentHelp(
      "A file, a directory with all below it, a pattern, or - for standard input; repeatable.",
      valueName: "path"))
  var files: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Ask this rule only; -RULE leaves one out, +RULE takes it in again; repeatable.",
      valueName: "rule"))
  var rule: [String] = []

  @Option(help: ArgumentHelp("From which level on findings make it fail.", valueName: "level"))
  var failOn = Threshold.warning

  @Option(help: ArgumentHelp("Do not show the findings of this file.", valueName: "file"))
  var baseline: String?

  @Option(help: ArgumentHelp("Write the present findings into this file.", valueName: "file"))
  var writeBaseline: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How to print it, and to which file; repeatable.", valueName: "format[=file]"))
  var output = [Output(LintFormat.text)]

  @Flag(help: "List the rules.")
  var listRules = false

  @OptionGroup var audit: AuditOptions

  @Option(help: ArgumentHelp("Say why a rule is there, and what to write.", valueName: "rule"))
  var explain: String?

  @OptionGroup var colour: ColourOptions

  @OptionGroup var talk: TalkOptions

  enum Threshold: String, ExpressibleByArgument, CaseIterable {
    case error
    case warning
    case note
    case none

    func isReached(by level: Finding.Level) -> Bool {
      switch (self, level) {
      case (.none, _), (.error, .warning), (.error, .note), (.warning, .note): false
      case (.note, _), (.warning, .warning), (_, .error): true
      }
    }
  }

  func validate() throws {
    if files.isEmpty, !listRules, explain == nil {
      throw ValidationError("Missing expected argument '--filename <path> ...'")
    }
    if listRules || explain != nil {
      let isAlone =
        files.isEmpty && rule.isEmpty && baseline == nil && writeBaseline == nil && !audit.isGiven
      if !isAlone || (listRules && explain != nil) {
        throw ValidationError("--list-rules and --explain read no manifests, and stand alone")
      }
    }
    if baseline != nil, writeBaseline != nil {
      throw ValidationError("--baseline and --write-baseline exclude each other")
    }
    try Outputs.check(output)
    do {
      _ = try RuleSelection(rule)
      if let explain { _ = try LintRule.named(explain) }
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    if listRules {
      try Console.result(RuleHelp.list)
      return
    }
    if let explain {
      try Console.result(RuleHelp.explanation(of: try LintRule.named(explain)))
      return
    }
    let files = try InputFiles.read(files)
    let selection = try RuleSelection(rule)
    let report = Progress.during("linting") {
      lint(LintInput(files, audit: audit.annotation), selection)
    }
    DiagnosticPrinter(files).print(report.diagnostics)
    for line in report.notChecked { Console.say(line) }
    let findings = try withoutBaseline(report)
    try print(findings, of: report, files)
    let hasErrors = report.diagnostics.hasErrors
    if hasErrors {
      Console.say("\(counted(report.diagnostics.errorCount, "error")) in the input")
      throw ExitCode.badInput
    }
    let fails = findings.contains {
      $0.finding.suppression == nil && failOn.isReached(by: $0.finding.level)
    }
    if fails { throw ExitCode.finding }
  }

  /// What is left to show, after the baseline was written or read.
  private func withoutBaseline(_ report: LintReport) throws -> [LintFinding] {
    var unmatched: [String] = []
    if let writeBaseline {
      if report.diagnostics.hasErrors {
        Console.say("netpolc: no baseline is written of an input with errors")
        return report.findings
      }
      let baseline = Baseline(report.findings)
      try Outputs.file(writeBaseline, baseline.text)
      Console.note("wrote \(counted(baseline.count, "entry", "entries")) to \(writeBaseline)")
      return baseline.remaining(
        of: report.findings, asked: report.asked, unmatched: &unmatched)
    }
    guard let path = baseline else { return report.findings }
    let file = ManifestFile(path: path, bytes: try InputFiles.bytes(path))
    var diagnostics = Diagnostics()
    guard let baseline = Baseline(file, &diagnostics) else {
      DiagnosticPrinter([file]).print(diagnostics)
      throw ExitCode.badInput
    }
    let remaining = baseline.remaining(
      of: report.findings, asked: report.asked, unmatched: &unmatched)
    for line in unmatched { Console.say(line) }
    return remaining
  }

  private func print(
    _ findings: [LintFinding], of report: LintReport, _ files: [ManifestFile]
  ) throws {
    let forms = LintOutput(
      findings: findings, report: report, files: files, subject: self.files.first ?? ".")
    for output in output {
      try Outputs.write([output]) {
        forms.text($0, hasColour: output.file == nil && colour.isOn)
      }
    }
  }
}
