import ArgumentParser
import Assertions
import Compiler
import Diagnostics
import Kubernetes

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Hold what policies allow against a file that says what they should.",
    discussion: """
      A file of tests:

        schema: netpolc.test/v1
        tests:
        - name: only api and report reach the database
          to: shop/db
          ports: [5432/TCP]
          allowFrom: [shop/api, shop/report]
        - deny: { from: shop/*, to: 169.254.169.254 }
        - allow: { from: shop/*, to: kube-system/coredns, port: 53/UDP }

      ENDS, one or a list
        namespace/name   pods or workloads of that name
        namespace/*      all of a namespace; also "*/name", and "*" for all
        10.0.0.0/8       every address in it, those of pods too; or one address
        internet         every address that no pod has
      YAML wants quotes around what starts with a star.

      FORMS
        allow            all of the traffic, from each to each; needs ports
        deny             none of it, from any to any
        to, allowFrom    each of allowFrom reaches to, and nobody else does
        from, allowTo    from reaches each of allowTo, and nobody else
      Nobody else is no other workload and no other address; [] is nobody at all.

      PORTS, one or a list
        5432, 53/UDP, 80-90/TCP, SCTP, icmp, or any. Without ports deny and the exact forms are about \
      any traffic at all: who is listed must be able to connect in some way, nobody else in any.

      A workload's pods are peers of one another like any others, a pod and itself are not, and a pod \
      and its own node, which always reach each other, only where its address is written by itself. A \
      name that nothing has is an error: a test about nothing would always hold.

      COVERAGE is the share of the policies' parts that tests touch. A part is an item of a rule's \
      from or to, a rule without such a list, and that a policy isolates in a direction. Some wanted \
      connection must be let through by a rule's part; something unwanted be denied by the isolation.

      EXAMPLES
        netpolc test netpol-tests.yaml -f policies/ -f deploy/
        netpolc test tests/ -f manifests/ -o junit=junit.xml -o sarif=t.sarif
        netpolc test netpol-tests.yaml -f manifests/ --require-coverage 80
      """)

  @Argument(
    help: ArgumentHelp("Files of tests, or directories of them.", valueName: "file"),
    completion: .file())
  var tests: [String]

  @OptionGroup var manifests: ManifestOptions

  @Option(
    help: ArgumentHelp(
      "Fail when the tests touch a smaller part of the policies than this, in percent.",
      valueName: "percent"))
  var requireCoverage: Int?

  @Flag(name: .shortAndLong, help: "Say which parts of policies no test touches.")
  var verbose = false

  @Option(help: ArgumentHelp("The same as -o junit=FILE.", valueName: "file"))
  var junit: String?

  @Option(help: ArgumentHelp("The same as -o tap=FILE.", valueName: "file"))
  var tap: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How to print it, and to which file; repeatable.", valueName: "format[=file]"))
  var output = [Output(TestFormat.text)]

  @OptionGroup var talk: TalkOptions

  func validate() throws {
    try Outputs.check(output)
    if let requireCoverage, !(0...100).contains(requireCoverage) {
      throw ValidationError("--require-coverage needs a number from 0 to 100")
    }
    if tests.contains("-"), manifests.files.contains("-") {
      throw ValidationError("only the tests or the manifests can be standard input")
    }
  }

  func run() throws {
    let assertions = try readTests()
    let compilation = try manifests.compiled(for: Scope())
    let cluster = compilation.input.cluster
    let onHostNetwork =
      cluster.pods.filter(\.hostNetwork).map(\.reference)
      + cluster.workloads.filter(\.hostNetwork).map(\.reference)
    var checker = AssertionChecker(
      compilation.graph, policies: compilation.input.policies,
      onHostNetwork: Set(onHostNetwork.map(\.qualifiedName)))
    var diagnostics = Diagnostics()
    let results = Progress.during("testing") {
      assertions.all.compactMap { checker.check($0, &diagnostics) }
    }
    try assertions.printer.check(diagnostics)
    let report = TestReport(
      results, checker.coverage, required: requireCoverage, isVerbose: verbose,
      in: compilation.graph)
    try Outputs.write(outputs) { report.text($0) }
    if report.isFailed { throw ExitCode.finding }
  }

  private var outputs: [Output<TestFormat>] {
    output + (junit.map { [Output(.junit, file: $0)] } ?? [])
      + (tap.map { [Output(.tap, file: $0)] } ?? [])
  }

  /// All that is wrong with them is said before anything is compiled.
  private func readTests() throws -> (all: [Assertion], printer: DiagnosticPrinter) {
    let files = try InputFiles.read(tests)
    let printer = DiagnosticPrinter(files)
    var diagnostics = Diagnostics()
    let assertions = files.flatMap { readAssertions($0, &diagnostics) }
    try printer.check(diagnostics)
    return (assertions, printer)
  }
}

enum TestFormat: String, CaseIterable, Sendable {
  case text
  case json
  case tap
  case junit
  case github
  case sarif
}
