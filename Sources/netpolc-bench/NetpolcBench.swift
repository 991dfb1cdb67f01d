import BenchSupport
import Glibc
import Host

/// `make bench`: a table of cases with their size, time, and peak memory or ratio. Run without
/// arguments; it calls itself for each case, and the `netpolc` beside it.
@main
struct NetpolcBench {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 3, let work = Case(rawValue: arguments[1]) {
      try work.run(file: arguments[2])
      return
    }
    if arguments.count == 2, let work = KernelCase(rawValue: arguments[1]) {
      for row in try work.rows() { print(row.cells.joined(separator: "\t")) }
      return
    }
    if arguments.count == 5, arguments[1] == "generate", let pods = Int(arguments[3]) {
      let cluster = SyntheticCluster(pods: pods)
      try writeFile(arguments[4], arguments[2] == "json" ? cluster.json : cluster.yaml)
      return
    }
    if arguments.count == 6, arguments[1] == "generate-policies", let pods = Int(arguments[2]),
      let namespaces = Int(arguments[3]), let policies = Int(arguments[4])
    {
      let cluster = SyntheticCluster(pods: pods, namespaces: namespaces, policies: policies)
      try writeFile(arguments[5], cluster.json)
      return
    }
    guard let program = arguments.first else { return }
    let directory = program.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let netpolc = (directory + ["netpolc"]).joined(separator: "/")
    let scratch = try ScratchDirectory()
    defer { scratch.remove() }

    row("case", "size", "time", "peak memory, or ratio")
    let json = try scratch.generate("json", pods: 10_000, program)
    let yaml = try scratch.generate("yaml", pods: 10_000, program)
    try reading(.readJSON, program, json, "JSON")
    try reading(.readYAML, program, yaml, "YAML")

    let compiled = try measure([program, Case.compileNode.rawValue, json])
    row(
      "resolve, lower, print", "10,000 pods, 1,000 policies, node of 250",
      "\(trimmed(compiled.output)) ms", "\(compiled.peakMemory.short) MB")
    for pods in [25_000, 50_000, 100_000] {
      let file = try scratch.generate("json", pods: pods, program)
      let size = Double(try fileSize(file)) / 1_000_000
      let run = try measure([netpolc, "compile", "-f", file, "--node", "node-1"])
      row(
        "whole run from JSON", "\(pods) pods, \(pods / 10) policies, \(size.short) MB",
        "\((run.milliseconds / 1000).short) s", "\(run.peakMemory.short) MB")
    }
    for row in try AnalysisBench(program: program, netpolc: netpolc, scratch: scratch).rows() {
      self.row(row)
    }
    let starts = try (0..<11).map { _ in try measure([netpolc, "--help"]) }
    let start = starts.sorted { $0.milliseconds < $1.milliseconds }[5]
    row("netpolc --help", "", "\(start.milliseconds.short) ms", "\(start.peakMemory.short) MB")
    for work in KernelCase.allCases { try inKernel(work, program) }
  }

  private static func inKernel(_ work: KernelCase, _ program: String) throws {
    guard KernelCase.isPossible else {
      return row(work.rawValue, "", "skipped", "needs root, for network namespaces")
    }
    for line in try measure([program, work.rawValue]).output.split(separator: "\n") {
      row(line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
    }
  }

  private static func reading(
    _ work: Case, _ program: String, _ file: String, _ format: String
  ) throws {
    let size = Double(try fileSize(file)) / 1_000_000
    let result = try measure([program, work.rawValue, file])
    row(
      "read \(format)", "\(size.short) MB", "\(trimmed(result.output)) MB/s",
      "\(result.peakMemory.short) MB")
  }

  private static func trimmed(_ text: String) -> String { text.filter { $0 != "\n" } }

  private static func row(_ cells: String...) { row(cells) }

  private static func row(_ cells: [String]) {
    let widths = [22, 42, 12, 0]
    let padded = zip(cells, widths).map { cell, width in
      cell + String(repeating: " ", count: max(width - cell.count, 0))
    }
    print(padded.joined(separator: "  "))
  }
}

/// A directory that goes when the run ends.
struct ScratchDirectory {
  let path: String

  init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    path = "\(base)/netpolc-bench-\(getpid())"
    try makeDirectory(path)
  }

  /// In a process of its own: a child's peak memory counts from its parent's, so that this one
  /// stays small.
  func generate(_ format: String, pods: Int, _ program: String) throws -> String {
    let file = "\(path)/bench.\(format)"
    _ = try measure([program, "generate", format, "\(pods)", file])
    return file
  }

  func generate(
    pods: Int, namespaces: Int, policies: Int, _ name: String, _ program: String
  ) throws -> String {
    let file = "\(path)/\(name).json"
    _ = try measure(
      [program, "generate-policies", "\(pods)", "\(namespaces)", "\(policies)", file])
    return file
  }

  func remove() {
    for name in (try? names(in: path)) ?? [] { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}
