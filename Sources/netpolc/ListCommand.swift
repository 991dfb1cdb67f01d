import Analysis
import ArgumentParser
import Compiler
import Diagnostics
import Picture
import PolicyModel
import Reports

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List every connection that the policies allow, by workload.",
    discussion: """
      Ingresses, routes of the Gateway API, and Services of type LoadBalancer and NodePort are listed \
      with what they lead to and whom policies let in there. Pods are named by what owns them, addresses as policies write them; internet is every address. \
      A pod and its own node, which always reach each other, are left out. Where more is allowed than \
      --max-rows, workloads that are treated alike are summed up: shop/*, any, any not isolated for \
      ingress.

      EXAMPLES
        netpolc list -f manifests/
        netpolc list -f manifests/ -n shop -o wide
        netpolc list -f manifests/ --exposure
        netpolc list -f manifests/ -o csv=connections.csv -o svg=picture.svg
      """)

  @OptionGroup var manifests: ManifestOptions

  @OptionGroup var focus: FocusOptions

  @Flag(
    exclusivity: .exclusive,
    help: "What to list; without a flag, the connections between what is there.")
  var subject: Subject?

  @Option(
    help: ArgumentHelp(
      "Sum up what is alike when there are more rows than this; 10000, if not given.",
      valueName: "number"))
  var maxRows: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How to print it, and to which file; repeatable.", valueName: "format[=file]"))
  var output = [Output(ListFormat.text)]

  @OptionGroup var talk: TalkOptions

  enum Subject: EnumerableFlag {
    case exposure
    case unprotected

    static func help(for value: Subject) -> ArgumentHelp? {
      switch value {
      case .exposure: "Whom each workload's rules let in and out, whether or not it is there."
      case .unprotected: "Workloads that no policy isolates."
      }
    }
  }

  func validate() throws {
    if let maxRows, maxRows < 1 { throw ValidationError("--max-rows needs a number from 1") }
    if maxRows != nil, subject != nil {
      throw ValidationError("--max-rows is about connections; nothing else is summed up")
    }
    try Outputs.check(output)
  }

  func run() throws {
    let compilation = try manifests.compiled(for: Scope())
    var connectivity = Progress.during("comparing workloads") { Connectivity(compilation.graph) }
    let report: any ListReport
    switch subject {
    case .exposure:
      let units = connectivity.units()
      let focused = units.filter(try focus.test(units) ?? { _ in true })
      report = ExposureReport(connectivity.exposures(focused), in: connectivity.graph)
    case .unprotected:
      let units = connectivity.units()
      let host = compilation.input.cluster.onHostNetwork
      let focused = units.filter(try focus.test(units, besides: host) ?? { _ in true })
      report = UnprotectedReport(
        focused, onHostNetwork: host.filter(focus.includes), in: connectivity.graph)
    case nil:
      let test = try focus.test(connectivity.units())
      let limit = maxRows ?? 10_000
      let selection = ConnectionList.Selection(limit: limit, focus: test)
      let list = Progress.during("listing") { ConnectionList(&connectivity, selection) }
      if !list.groups.isEmpty {
        Console.note("more than \(limit) connections: workloads that are alike are summed up")
      }
      let routed = routed(compilation, connectivity, list.units, test)
      report = ConnectionReport(list, routed, in: connectivity.graph)
    }
    try Outputs.write(output) { format in report.text(format) }
  }
}

enum ListFormat: String, CaseIterable, Sendable {
  case text
  case wide
  case json
  case yaml
  case csv
  case md
  case dot
  case mermaid
  case svg
}

/// A listing in each of its forms.
protocol ListReport {
  func lines(isWide: Bool) -> String
  var json: JSON { get }
  var table: Table { get }
  var picture: Picture { get }
}

extension ListReport {
  func text(_ format: ListFormat) -> String {
    switch format {
    case .text: lines(isWide: false)
    case .wide: lines(isWide: true)
    case .json: json.text
    case .yaml: json.yaml
    case .csv: table.csv
    case .md: table.markdown
    case .dot: picture.dot
    case .mermaid: picture.mermaid
    case .svg: picture.svg
    }
  }
}
