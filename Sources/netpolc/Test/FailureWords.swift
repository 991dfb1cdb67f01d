import Analysis
import Assertions
import Diagnostics
import NetSets
import PolicyModel

/// Names what is wrong about a test as a user knows it.
struct FailureWords {
  private let graph: PolicyGraph
  private let names: AddressNames
  private let families: Set<IPFamily>
  private let pods: [ObjectReference: [Int]]
  /// More names than this say less than their number.
  private static let shown = 6

  init(_ graph: PolicyGraph) {
    self.graph = graph
    names = AddressNames([graph])
    let found = Set(graph.endpoints.lazy.flatMap(\.addresses).map(\.family))
    families = found.isEmpty ? Set(IPFamily.allCases) : found
    pods = Dictionary(grouping: graph.endpoints.indices) { graph.endpoints[$0].workload }
  }

  func failure(_ violation: Violation, of result: AssertionResult) -> TestFailure {
    let from = words(violation.from)
    let to = words(violation.to)
    return TestFailure(
      message: message(violation, from, to, result.assertion), violation: violation, from: from,
      to: to)
  }

  private func message(
    _ violation: Violation, _ from: [String], _ to: [String], _ assertion: Assertion
  ) -> String {
    let ends = ends(from, to, assertion.claim)
    let family = violation.onlyIn.map { " (only \($0.displayName))" } ?? ""
    let traffic = isAll(violation, of: assertion) ? "" : " \(violation.traffic)"
    switch (violation.kind, assertion.claim) {
    case (.allowed, .onlyFrom), (.allowed, .onlyTo):
      return "also allowed: \(ends)\(traffic)\(family)"
    case (.allowed, .deny), (.allowed, .allow): return "\(ends)\(traffic)\(family)"
    case (.denied, _):
      return "\(ends) \(to.count + from.count > 2 ? "are" : "is") denied\(traffic)\(family)"
    case (.unconnected, _): return "\(ends): no family of addresses in common"
    }
  }

  /// Whether the traffic goes without saying, since the test names it.
  private func isAll(_ violation: Violation, of assertion: Assertion) -> Bool {
    switch assertion.traffic {
    case .any: violation.kind == .denied
    case .exactly(let asked): asked == violation.traffic
    }
  }

  /// The end that the test has a single name for is left out where the other says enough.
  private func ends(_ from: [String], _ to: [String], _ claim: Assertion.Claim) -> String {
    switch claim {
    case .allow(_, let written), .deny(_, let written), .onlyFrom(_, let written):
      if isWhole(to, written) { return list(from) }
    case .onlyTo(_, let written):
      if isWhole(from, written) { return list(to) }
    }
    switch claim {
    case .allow(let written, _), .deny(let written, _):
      if isWhole(from, written) { return list(to) }
    case .onlyFrom, .onlyTo: break
    }
    return "\(list(from)) -> \(list(to))"
  }

  private func isWhole(_ names: [String], _ written: [WrittenEnd]) -> Bool {
    guard let name = names.first, names.count == 1, written.count == 1 else { return false }
    return written[0].text == name || name.hasPrefix("\(written[0].text)/")
  }

  private func list(_ names: [String]) -> String {
    let more = names.count - Self.shown
    return names.prefix(Self.shown).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  private func words(_ side: Violation.Side) -> [String] {
    switch side {
    case .addresses(let addresses):
      return names.parts(of: addresses, families: families(of: addresses)).map(\.name)
    case .endpoints(let indexes):
      let byWorkload = Dictionary(grouping: indexes) { graph.endpoints[$0].workload }
      return byWorkload.flatMap { workload, members in
        members.count == pods[workload]?.count
          ? [workload.qualifiedName] : members.map { graph.endpoints[$0].reference.qualifiedName }
      }.sorted()
    }
  }

  /// All of one family is everything to who has no address in the other.
  private func families(of addresses: AddressSet) -> Set<IPFamily> {
    let found = Set(addresses.ranges.map(\.family))
    return found.isSuperset(of: families) ? found : families
  }
}
