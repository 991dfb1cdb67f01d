import APIServer
import Glibc
import TestSupport

/// What alpha sends to beta is always allowed and what gamma sends never, whatever else there is in
/// the cluster: both send all the time, and alpha has a connection that stays.
final class Sentinels {
  private let laboratory: Laboratory
  private let stream: LabStream
  private var sending: (flood: LabFlood, thread: BackgroundThread)?

  static let addresses = [
    (name: "alpha", addresses: ["10.244.0.101", "fd00:244::101"]),
    (name: "beta", addresses: ["10.244.0.102", "fd00:244::102"]),
    (name: "gamma", addresses: ["10.244.0.103", "fd00:244::103"]),
  ]

  init(_ laboratory: Laboratory) throws {
    self.laboratory = laboratory
    stream = try laboratory.stream(from: "alpha", to: LabReceiver("10.244.0.102", 7))
    stream.stopListening()
  }

  func send() throws {
    let flood = try laboratory.flood(from: ["alpha", "gamma"], to: "beta", port: 9)
    let thread = try BackgroundThread {
      flood.step()
      usleep(20_000)
    }
    sending = (flood, thread)
  }

  /// Sends no more.
  /// - Returns: what arrived and should not have, or the other way about.
  func stop() throws -> [String] {
    guard let (flood, thread) = sending else { return [] }
    thread.stop()
    sending = nil
    return flood.counts().filter { $0.received != ($0.from == "alpha" ? $0.sent : 0) }.map {
      "\($0.received) of \($0.sent) \($0.family) datagrams from \($0.from) to beta arrived"
    }
  }

  /// What has become of the connection that stays.
  func brokenStream() throws -> [String] {
    try LabSide.allCases.compactMap { side in
      let state = try stream.push(from: side, milliseconds: 5000)
      return state == .alive ? nil : "the connection from alpha to beta is \(state) for the \(side)"
    }
  }
}

/// The pods of the sentinels and their policies, some of which come and go as well.
enum SentinelObjects {
  private static let namespace = "still"
  private static let isolating = StoredObject.Key("networkpolicies", namespace, "beta-from-alpha")

  /// What is there from the beginning.
  static func fixed(labelled mood: String) -> [Churn.Change] {
    let key = StoredObject.Key("namespaces", "", namespace)
    let policy = """
      {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, \
      metadata: {name: \(isolating.name), namespace: \(namespace)}, \
      spec: {podSelector: {matchLabels: {who: beta}}, policyTypes: [Ingress, Egress], \
      ingress: [{from: [{podSelector: {matchLabels: {who: alpha}}}]}]}}
      """
    let sending = StoredObject.Key("networkpolicies", namespace, "alpha-to-beta")
    let other = """
      {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, \
      metadata: {name: \(sending.name), namespace: \(namespace)}, \
      spec: {podSelector: {matchLabels: {who: alpha}}, policyTypes: [Egress], \
      egress: [{to: [{podSelector: {matchLabels: {who: beta}}}]}]}}
      """
    return [
      .put(
        key, Churn.Manifest("{apiVersion: v1, kind: Namespace, metadata: {name: \(namespace)}}")),
      .put(isolating, Churn.Manifest(policy)), .put(sending, Churn.Manifest(other)),
    ] + Sentinels.addresses.map { pod($0.name, labelled: mood) }
  }

  /// A change around them that leaves what is always and what is never allowed as it is.
  static func step(_ churn: inout Churn) -> Churn.Change? {
    if churn.oneIn(2) {
      return pod(
        churn.pick(Sentinels.addresses).name, labelled: churn.pick(["calm", "merry", "sad"]))
    }
    let key = StoredObject.Key("networkpolicies", namespace, "extra-\(churn.pick([0, 1, 2]))")
    if churn.has(key), churn.oneIn(2) { return .remove(key) }
    let selector = churn.pick([
      "{}", "{matchLabels: {who: beta}}", "{matchLabels: {mood: merry}}",
      "{matchLabels: {who: gamma}}",
    ])
    let peer = churn.pick([
      "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: blue}}}",
      "{namespaceSelector: {matchLabels: {app: a}}, podSelector: {matchLabels: {tier: b}}}",
      "{podSelector: {matchLabels: {who: alpha, mood: merry}}}",
      "{ipBlock: {cidr: 203.0.113.0/24}}", "{ipBlock: {cidr: 'fd00:244:0:1::/64'}}",
    ])
    let (type, list, side) = churn.pick([
      ("Ingress", "ingress", "from"), ("Egress", "egress", "to"),
    ])
    return .put(
      key,
      Churn.Manifest(
        churn.policyText(
          key, "podSelector: \(selector), policyTypes: [\(type)]",
          ["\(list): [{\(side): [\(peer)]}]"])))
  }

  private static func pod(_ name: String, labelled mood: String) -> Churn.Change {
    let addresses = Sentinels.addresses.first { $0.name == name }?.addresses ?? []
    return .put(
      StoredObject.Key("pods", namespace, name),
      Churn.Manifest(
        """
        {apiVersion: v1, kind: Pod, metadata: {name: \(name), namespace: \(namespace), \
        labels: {who: \(name), mood: \(mood)}, creationTimestamp: '2025-12-31T00:00:00Z'}, \
        spec: {nodeName: n1}, status: {phase: Running, \
        podIPs: [\(addresses.map { "{ip: '\($0)'}" }.joined(separator: ", "))]}}
        """))
  }
}
