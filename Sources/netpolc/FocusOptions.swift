import Analysis
import ArgumentParser
import Diagnostics
import PolicyModel

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

  @Flag(
    name: [.customShort("A"), .long],
    help: "Every namespace, as without -n: for whoever is used to it from kubectl.")
  var allNamespaces = false

  func validate() throws {
    if allNamespaces, !namespace.isEmpty || !workload.isEmpty {
      throw ValidationError("--all-namespaces, and -n or --workload, exclude each other")
    }
  }

  /// nil when everything is meant. A name that nothing has is an error: what it was to select would
  /// silently be missing.
  /// - Parameter others: what may be named too, though no unit is it.
  func test(
    _ units: [Unit], besides others: [ObjectReference] = []
  ) throws -> (@Sendable (Unit) -> Bool)? {
    if namespace.isEmpty, workload.isEmpty { return nil }
    let namespaces = Set(units.map(\.namespace) + others.compactMap(\.namespace))
    for name in namespace where !namespaces.contains(name) {
      throw unknown("namespace", name, of: namespaces)
    }
    let names = Set(
      units.flatMap { [$0.reference.qualifiedName, $0.workload.qualifiedName] }
        + others.map(\.qualifiedName))
    // As we print it, with its kind, besides.
    let displayed = Set(
      units.flatMap { [$0.reference.displayName, $0.workload.displayName] }
        + others.map(\.displayName))
    for name in workload where !names.contains(name) && !displayed.contains(name) {
      throw unknown("workload or pod", name, of: names)
    }
    let focus = self
    return { unit in focus.includes(unit.reference) || focus.includes(unit.workload) }
  }

  func includes(_ object: ObjectReference) -> Bool {
    namespace.isEmpty && workload.isEmpty || namespace.contains(object.namespace ?? "")
      || workload.contains(object.qualifiedName) || workload.contains(object.displayName)
  }

  private func unknown(_ kind: String, _ name: String, of names: Set<String>) -> ExitCode {
    let near = NearMiss.of(name, in: names.sorted()).map { "; did you mean \($0)?" } ?? ""
    return Console.fail("no \(kind) \(name) with pods in the input\(near)", .badInput)
  }
}
