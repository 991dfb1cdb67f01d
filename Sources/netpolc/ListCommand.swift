import Analysis
import ArgumentParser
import Compiler
import Diagnostics
import NetSets
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
      "Sum up by namespace when there are more rows than this.", valueName: "number"))
  var maxRows = 10_000

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How to print it, and to which file; repeatable.", valueName: "format[=file]"))
  var output = [Output(ListFormat.text)]

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
    if maxRows < 1 { throw ValidationError("--max-rows needs a number from 1") }
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
      report = ExposureReport(connectivity.exposures(focused), in: compilation.graph)
    case .unprotected:
      let units = connectivity.units()
      let focused = units.filter(try focus.test(units) ?? { _ in true })
      report = UnprotectedReport(focused, compilation, focus)
    case nil:
      let test = try focus.test(connectivity.units())
      let selection = ConnectionList.Selection(limit: maxRows, focus: test)
      let list = Progress.during("listing") { ConnectionList(&connectivity, selection) }
      if !list.groups.isEmpty {
        Console.say("more than \(maxRows) connections: workloads that are alike are summed up")
      }
      let routed = try routed(compilation, connectivity, list.units).filter {
        test?($0.unit) ?? true
      }
      report = ConnectionReport(list, routed, in: compilation.graph)
    }
    try Outputs.write(output) { format in report.text(format) }
  }
}

/// What Services, Ingresses and routes of the input lead to, ports of one unit together.
private func routed(
  _ compilation: Compilation, _ connectivity: Connectivity, _ units: [Unit]
) throws -> [RoutedConnection] {
  let (ports, dead) = compilation.input.routing.ports(
    of: compilation.graph, in: compilation.input.cluster)
  for route in dead { Console.say("\(route.location): warning: \(route.text)") }
  var byName: [ObjectReference: Unit] = [:]
  for unit in units { byName[unit.reference] = unit }
  var led: [RoutedEnds: (location: SourceLocation, traffic: TrafficSet)] = [:]
  for port in ports {
    let endpoint = compilation.graph.endpoints[port.endpoint]
    guard let unit = byName[endpoint.workload] ?? byName[endpoint.reference] else { continue }
    let ends = RoutedEnds(route: port.route, unit: unit)
    var traffic = led[ends]?.traffic ?? .empty
    traffic[port.transport] = traffic[port.transport].union(
      PortSet(CollectionOfOne(port.port...port.port)))
    led[ends] = (led[ends]?.location ?? port.location, traffic)
  }
  return led.sorted { ($0.key.route, $0.key.unit.name) < ($1.key.route, $1.key.unit.name) }
    .flatMap { ends, value in
      connectivity.routed(ends.route, at: value.location, to: ends.unit, value.traffic)
    }
}

private struct RoutedEnds: Hashable {
  let route: ObjectReference
  let unit: Unit
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

/// Which workloads a command is about.
struct FocusOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Only what concerns this namespace; repeatable.", valueName: "namespace"))
  var namespace: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only what concerns this workload or pod; repeatable.", valueName: "namespace/name"))
  var workload: [String] = []

  /// nil when everything is meant. A name that nothing has is an error: what it was to select would
  /// silently be missing.
  func test(_ units: [Unit]) throws -> (@Sendable (Unit) -> Bool)? {
    if namespace.isEmpty, workload.isEmpty { return nil }
    let namespaces = Set(units.map(\.namespace))
    for name in namespace where !namespaces.contains(name) {
      throw unknown("namespace", name, of: namespaces)
    }
    let names = Set(units.flatMap { [$0.reference.qualifiedName, $0.workload.qualifiedName] })
    for name in workload where !names.contains(name) {
      throw unknown("workload or pod", name, of: names)
    }
    let focus = self
    return { unit in focus.includes(unit.reference) || focus.includes(unit.workload) }
  }

  func includes(_ object: ObjectReference) -> Bool {
    namespace.isEmpty && workload.isEmpty || namespace.contains(object.namespace ?? "")
      || workload.contains(object.qualifiedName)
  }

  private func unknown(_ kind: String, _ name: String, of names: Set<String>) -> ExitCode {
    let near = NearMiss.of(name, in: names.sorted()).map { "; did you mean \($0)?" } ?? ""
    return Console.fail("no \(kind) \(name) with pods in the input\(near)", .badInput)
  }
}
