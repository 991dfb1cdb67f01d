import ArgumentParser
import Diagnostics
import NetSets
import PolicyModel

/// What a user calls one end of a connection: `ns/pod`, `ns/workload`, an address, or `internet`.
struct PartyReader {
  private let graph: PolicyGraph
  private let byName: [String: [Int]]
  private let pods: WorkloadPods
  private let internet: IPAddress

  init(_ graph: PolicyGraph) {
    self.graph = graph
    var byName: [String: [Int]] = [:]
    for (index, endpoint) in graph.endpoints.enumerated() {
      byName[endpoint.reference.qualifiedName, default: []].append(index)
    }
    self.byName = byName
    pods = WorkloadPods(graph)
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
    // A pod rather than a workload of its name: it has addresses.
    let found = byName[text] ?? []
    if let pod = found.first(where: { graph.endpoints[$0].reference.kind == "Pod" }) { return pod }
    if let groups = pods[text] {
      if groups.count > 1 { throw differing(text, groups) }
      return groups[0][0]
    }
    if let workload = found.first { return workload }
    let names = Set(byName.keys).union(pods.names).sorted()
    let near = NearMiss.of(text, in: names).map { "; did you mean \($0)?" } ?? ""
    throw Console.fail("no pod or workload \(text), and no address\(near)", .badInput)
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
      let pod = pods[text]?[0].first(where: {
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
    endpoint.reference.qualifiedName != text && endpoint.workload.qualifiedName == text
  }
}
