import APIServer
import TestSupport

/// The objects of a small cluster, which come, change and go at random: names, labels and addresses
/// are few, so that they meet often.
struct Churn {
  /// What is asked of the API server.
  enum Change {
    case put(StoredObject.Key, Manifest)
    case remove(StoredObject.Key)
  }

  /// An object as it is written, and what it means: the same, unless it cannot be read.
  struct Manifest {
    let text: String
    let meaning: String

    init(_ text: String, meaning: String? = nil) {
      self.text = text
      self.meaning = meaning ?? text
    }
  }

  private(set) var objects: [StoredObject.Key: Manifest] = [:]
  /// One that no other follows: seconds of the last pod's creation.
  private var clock = 0
  private var run = 0
  var random: SplitMix64

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    let changes =
      [node("n1", podCIDRs: SoakLab.podCIDRs)] + Self.namespaces.map { namespace($0) }
      + SentinelObjects.fixed(labelled: "calm")
    for change in changes { note(change) }
  }

  /// All manifests as they are meant, in one stream.
  var meaning: String {
    objects.sorted { $0.key < $1.key }.map(\.value.meaning).joined(separator: "\n---\n") + "\n"
  }

  static let namespaces = ["blue", "green", "red"]

  // MARK: - Steps

  /// What happens next: mostly one change, at times many that belong together.
  mutating func step() -> [Change] {
    let changes = nextStep()
    for change in changes { note(change) }
    return changes
  }

  private mutating func nextStep() -> [Change] {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<45: podStep().map { [$0] } ?? []
    case 45..<75: policyStep().map { [$0] } ?? []
    case 75..<84: SentinelObjects.step(&self).map { [$0] } ?? []
    case 84..<90: [namespace(pick(Self.namespaces))]
    case 90..<92: endOfNamespace(pick(Self.namespaces))
    case 92..<94: crowdStep()
    case 94..<95: policiesGo()
    case 95..<97: [nodeStep()]
    case 97..<99: nextRun()
    default: again()
    }
  }

  private mutating func note(_ change: Change) {
    switch change {
    case .put(let key, let manifest): objects[key] = manifest
    case .remove(let key): objects[key] = nil
    }
  }

  /// The same object once more, at another version.
  private mutating func again() -> [Change] {
    let key = pick(keys())
    return objects[key].map { [.put(key, $0)] } ?? []
  }

  func keys(_ plural: String? = nil, in namespace: String? = nil) -> [StoredObject.Key] {
    objects.keys.filter {
      (plural == nil || $0.plural == plural) && (namespace == nil || $0.namespace == namespace)
    }.sorted()
  }

  func has(_ key: StoredObject.Key) -> Bool { objects[key] != nil }

  /// The API server has nothing in namespaces that are not there.
  mutating func knownNamespace() -> String? {
    Self.namespaces.filter { has(StoredObject.Key("namespaces", "", $0)) }
      .randomElement(using: &random)
  }

  // MARK: - Pods

  private mutating func podStep() -> Change? {
    guard let namespace = knownNamespace() else { return nil }
    let key = StoredObject.Key("pods", namespace, "pod-\(Int.random(in: 0..<8, using: &random))")
    if has(key), oneIn(4) { return .remove(key) }
    return .put(key, Manifest(pod(key)))
  }

  /// A pod in some state of its life, at an address that others may have, or have had.
  private mutating func pod(_ key: StoredObject.Key) -> String {
    let place = pick(SoakLab.places)
    let isHost = oneIn(16)
    let addresses =
      isHost
      ? SoakLab.nodeAddresses(place.node)
      : pick([place.addresses, place.addresses, [place.addresses[0]], [place.addresses[1]], []])
    let phase = pick(["Running", "Running", "Running", "Running", "Pending", "Succeeded", "Failed"])
    return """
      {apiVersion: v1, kind: Pod, \(metadata(key, labels(), created: created())), \
      spec: {nodeName: \(place.node), hostNetwork: \(isHost), containers: [{name: c, \
      ports: \(containerPorts())}]}, status: {phase: \(phase), \
      podIPs: [\(addresses.map { "{ip: '\($0)'}" }.joined(separator: ", "))]}}
      """
  }

  private mutating func containerPorts() -> String {
    let ports = several(0...3) { churn in
      let name = churn.pick(["http", "dns", "admin"])
      let number = churn.pick([53, 80, 8080])
      let transport = churn.pick(["TCP", "UDP", "SCTP"])
      return "{name: \(name), containerPort: \(number), protocol: \(transport)}"
    }
    return "[\(ports.joined(separator: ", "))]"
  }

  /// Many pods of another node at once, or all of them go.
  private mutating func crowdStep() -> [Change] {
    let crowd = keys("pods").filter { $0.name.hasPrefix("crowd-") }
    if !crowd.isEmpty { return crowd.map { .remove($0) } }
    guard let namespace = knownNamespace() else { return [] }
    return (1...Int.random(in: 20...120, using: &random)).map { number in
      let key = StoredObject.Key("pods", namespace, "crowd-\(number)")
      return .put(
        key,
        Manifest(
          """
          {apiVersion: v1, kind: Pod, \(metadata(key, labels(), created: created())), \
          spec: {nodeName: n2}, status: {phase: Running, podIPs: \
          [{ip: 10.244.1.\(100 + number)}, {ip: 'fd00:244:0:1::1:\(number)'}]}}
          """))
    }
  }

  // MARK: - Namespaces and nodes

  private mutating func namespace(_ name: String) -> Change {
    let key = StoredObject.Key("namespaces", "", name)
    let labels = labels() + ["kubernetes.io/metadata.name: \(name)"]
    return .put(
      key, Manifest("{apiVersion: v1, kind: Namespace, \(metadata(key, labels))}"))
  }

  /// A namespace is deleted: what is in it goes in any order, and then it does.
  private mutating func endOfNamespace(_ name: String) -> [Change] {
    let key = StoredObject.Key("namespaces", "", name)
    guard has(key) else { return [namespace(name)] }
    let terminating = Manifest(
      "{apiVersion: v1, kind: Namespace, \(metadata(key, [])), status: {phase: Terminating}}")
    let content = keys(in: name).shuffled(using: &random)
    return [.put(key, terminating)] + content.map { .remove($0) } + [.remove(key)]
  }

  /// A namespace of a name and labels that no other ever has, in place of the one before it.
  private mutating func nextRun() -> [Change] {
    let changes = keys("namespaces").filter { $0.name.hasPrefix("run-") }.flatMap {
      endOfNamespace($0.name)
    }
    run += 1
    let name = "run-\(run)"
    let pod = StoredObject.Key("pods", name, "pod")
    let place = pick(SoakLab.places)
    let policy = StoredObject.Key("networkpolicies", name, "policy")
    let selector = "{matchLabels: {run: '\(run)'}}"
    return changes + [
      namespace(name),
      .put(
        policy,
        Manifest(
          policyText(
            policy, "podSelector: \(selector), policyTypes: [Ingress]",
            ["ingress: [{from: [{podSelector: \(selector)}, {podSelector: {}}]}]"]))),
      .put(
        pod,
        Manifest(
          """
          {apiVersion: v1, kind: Pod, \(metadata(pod, ["run: '\(run)'"], created: created())), \
          spec: {nodeName: \(place.node)}, status: {phase: Running, \
          podIPs: [\(place.addresses.map { "{ip: '\($0)'}" }.joined(separator: ", "))]}}
          """)),
    ]
  }

  private mutating func nodeStep() -> Change {
    let other = StoredObject.Key("nodes", "", "n2")
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return has(other) ? .remove(other) : node("n2", podCIDRs: ["10.244.1.0/24"])
    case 1: return node("n2", podCIDRs: [])
    default:
      return node("n1", podCIDRs: pick([SoakLab.podCIDRs, [SoakLab.podCIDRs[0]]]))
    }
  }

  private func node(_ name: String, podCIDRs: [String]) -> Change {
    let key = StoredObject.Key("nodes", "", name)
    let addresses = SoakLab.nodeAddresses(name).map { "{type: InternalIP, address: '\($0)'}" }
    let ranges = podCIDRs.map { "'\($0)'" }.joined(separator: ", ")
    return .put(
      key,
      Manifest(
        """
        {apiVersion: v1, kind: Node, \(metadata(key, [])), spec: {podCIDRs: [\(ranges)]}, \
        status: {addresses: [\(addresses.joined(separator: ", "))]}}
        """))
  }

  // MARK: - Parts

  func metadata(
    _ key: StoredObject.Key, _ labels: [String], annotations: [String] = [],
    created: String? = nil
  ) -> String {
    var fields = [
      "name: \(key.name)", "labels: {\(labels.joined(separator: ", "))}",
      "annotations: {\(annotations.joined(separator: ", "))}",
    ]
    if !key.namespace.isEmpty { fields.append("namespace: \(key.namespace)") }
    if let created { fields.append("creationTimestamp: '\(created)'") }
    return "metadata: {\(fields.joined(separator: ", "))}"
  }

  private mutating func created() -> String {
    clock += 1
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "2026-01-\(two(1 + clock / 86400))T\(two(clock / 3600 % 24))"
      + ":\(two(clock / 60 % 60)):\(two(clock % 60))Z"
  }

  mutating func labels() -> [String] {
    ["app", "tier"].filter { _ in !oneIn(3) }.map { "\($0): \(pick(["a", "b"]))" }
  }

  mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  mutating func several(
    _ range: ClosedRange<Int>, _ make: (inout Churn) -> String
  ) -> [String] {
    (0..<Int.random(in: range, using: &random)).map { _ in make(&self) }
  }
}
