import ArgumentParser
import Diagnostics
import NetSets
import PolicyModel

/// What a user calls one end of a connection: `ns/pod`, `ns/workload`, `ns/workload[Kind]`, an
/// address, or `internet`.
struct PartyReader {
  private let graph: PolicyGraph
  /// Pods, and workloads that stand for pods that are not there.
  private let endpoints: [ObjectReference: Int]
  /// Pods and workloads by `ns/name`.
  private let named: [String: Set<ObjectReference>]
  private let pods: WorkloadPods
  private let internet: IPAddress

  init(_ graph: PolicyGraph) {
    self.graph = graph
    endpoints = Dictionary(
      graph.endpoints.enumerated().map { ($1.reference, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    pods = WorkloadPods(graph)
    var named: [String: Set<ObjectReference>] = [:]
    for object in Array(endpoints.keys) + Array(pods.workloads) {
      named[object.qualifiedName, default: []].insert(object)
    }
    self.named = named
    internet = graph.outsideAddress
  }

  /// Throws with the nearest name when there is no such party.
  /// - Parameter family: the one to take of a pod with both.
  func party(_ text: String, family: IPFamily? = nil) throws -> Party {
    if text == "internet" { return Party(endpoint: nil, address: internet) }
    if let address = IPAddress(text) { return graph.party(at: address) }
    return party(try endpoint(text), family)
  }

  private func party(_ index: Int, _ family: IPFamily?) -> Party {
    let addresses = graph.endpoints[index].addresses
    let address = addresses.first { family == nil || $0.family == family } ?? addresses.first
    return Party(endpoint: index, address: address)
  }

  private func endpoint(_ text: String) throws -> Int {
    let object = try object(text)
    if let groups = pods[object] {
      if groups.count > 1 { throw differing(text, groups) }
      return groups[0][0]
    }
    guard let index = endpoints[object] else { throw unknown(text, text) }
    return index
  }

  /// The pod or workload that is called so, by its name or as we print it, with its kind.
  private func object(_ text: String) throws -> ObjectReference {
    let (name, kind) = split(text)
    let found = (named[name] ?? []).filter { kind == nil || $0.kind == kind }.sorted()
    // A pod rather than a workload of its name: it has addresses.
    if let pod = found.first(where: { $0.kind == "Pod" }) { return pod }
    guard let object = found.first else { throw unknown(text, name) }
    if found.count > 1 {
      throw Console.fail(
        "\(text) is the name of \(found.count) workloads; name one: "
          + found.map(\.displayName).joined(separator: ", "), .badInput)
    }
    return object
  }

  /// `shop/front[StatefulSet]`; no name of an object has a bracket.
  private func split(_ text: String) -> (name: String, kind: String?) {
    guard text.hasSuffix("]"), let bracket = text.firstIndex(of: "[") else { return (text, nil) }
    return (String(text[..<bracket]), String(text[bracket...].dropFirst().dropLast()))
  }

  private func unknown(_ text: String, _ name: String) -> ExitCode {
    let others = (named[name] ?? []).sorted().map(\.displayName)
    let meant =
      others.isEmpty
      ? NearMiss.of(text, in: named.keys.sorted()) : others.joined(separator: " or ")
    let hint = meant.map { "; did you mean \($0)?" } ?? ""
    return Console.fail("no pod or workload \(text), and no address\(hint)", .badInput)
  }

  private func differing(_ text: String, _ groups: [[Int]]) -> ExitCode {
    let shown = groups.prefix(10).map { group in
      let name = graph.endpoints[group[0]].displayName
      return group.count > 1 ? "\(name) (\(group.count - 1) more alike)" : name
    }
    let more = groups.count > shown.count ? ", or \(groups.count - shown.count) others" : ""
    return Console.fail(
      "policies treat the pods of \(text) differently; name one: "
        + shown.joined(separator: ", ") + more, .badInput)
  }

  /// Both ends, in one family where they have one in common.
  func pair(_ source: String, _ destination: String) throws -> (Party, Party) {
    let from = try party(source)
    let to = try party(destination)
    if from.address?.family == to.address?.family { return away(source, from, destination, to) }
    let family = from.address?.family ?? .ipv4
    let other = try party(destination, family: family)
    if other.address?.family == family { return away(source, from, destination, other) }
    guard let wanted = to.address?.family else { return (from, to) }
    let first = try party(source, family: wanted)
    if first.address == nil || first.address?.family == wanted {
      return away(source, first, destination, to)
    }
    throw Console.fail(
      "\(source) and \(destination) have no family of addresses in common", .badInput)
  }

  /// A pod and its own node always reach each other, which is not what is asked about a workload
  /// that has pods elsewhere too.
  private func away(
    _ source: String, _ from: Party, _ destination: String, _ to: Party
  ) -> (Party, Party) {
    (elsewhere(source, from, than: to), elsewhere(destination, to, than: from))
  }

  private func elsewhere(_ text: String, _ party: Party, than other: Party) -> Party {
    guard let index = party.endpoint, let address = other.address,
      graph.endpoints[index].nodeAddresses.contains(address),
      isWorkload(graph.endpoints[index], by: text),
      let pod = pods[graph.endpoints[index].workload]?[0].first(where: {
        !graph.endpoints[$0].nodeAddresses.contains(address)
      })
    else { return party }
    return self.party(pod, party.address?.family)
  }

  /// - Parameter text: what the user called it.
  func name(_ party: Party, by text: String) -> String {
    if let index = party.endpoint {
      let endpoint = graph.endpoints[index]
      return isWorkload(endpoint, by: text) ? endpoint.workload.displayName : endpoint.displayName
    }
    guard let address = party.address, address != internet else { return "internet" }
    return address.description
  }

  /// Whether the user named the workload and not the one pod that stands for it.
  private func isWorkload(_ endpoint: Endpoint, by text: String) -> Bool {
    let (name, kind) = split(text)
    return endpoint.reference.qualifiedName != name && endpoint.workload.qualifiedName == name
      || kind == endpoint.workload.kind
  }
}
