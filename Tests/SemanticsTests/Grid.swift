import NetSets

/// The cluster of the Kubernetes end-to-end tests: namespaces x, y and z with pods a, b and c,
/// each serving the ports 80 and 81 of every protocol under names such as `serve-80-tcp`.
struct Grid: Sendable {
  /// Labels by namespace.
  var namespaces = ["x": ["ns": "x"], "y": ["ns": "y"], "z": ["ns": "z"]]
  var pods = ["x", "y", "z"].flatMap { namespace in
    ["a", "b", "c"].map { GridPod(namespace: namespace, name: $0) }
  }
  /// Further objects, such as policies.
  var objects: [String] = []

  static let names = Grid().pods.map(\.fullName)

  var yaml: String {
    let namespaces = namespaces.sorted { $0.key < $1.key }.map { name, labels in
      "{apiVersion: v1, kind: Namespace, metadata: {name: \"\(name)\", labels: \(flow(labels))}}"
    }
    let nodes = (1...2).map { number in
      """
      {apiVersion: v1, kind: Node, metadata: {name: node-\(number)}, status: {addresses: [
        {type: InternalIP, address: 192.168.0.\(number)},
        {type: InternalIP, address: "fd00:9::\(number)"},
        {type: Hostname, address: node-\(number)}]}}
      """
    }
    return (objects + namespaces + nodes + pods.map(\.yaml)).joined(separator: "\n---\n")
  }

  /// Changes the labels of one pod.
  mutating func label(_ pod: String, _ key: String, _ value: String) {
    for index in pods.indices where pods[index].fullName == pod {
      pods[index].labels[key] = value
    }
  }
}

/// A pod of the grid. Its namespace is a /24, and each pod a /28 of it; `a` and `c` run on node-1,
/// `b` on node-2.
struct GridPod: Sendable {
  let namespace: String
  let name: String
  var labels: [String: String]

  init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
    labels = ["pod": name]
  }

  var fullName: String { "\(namespace)/\(name)" }
  var node: String { name == "b" ? "node-2" : "node-1" }
  var ipv4: String {
    "10.0.\(position(namespace, in: "xyz")).\(position(name, in: "abc") * 16 - 15)"
  }
  var ipv6: String { "fd00:\(position(namespace, in: "xyz"))::\(position(name, in: "abc"))" }

  func address(_ family: IPFamily) -> String { family == .ipv4 ? ipv4 : ipv6 }

  var yaml: String {
    podYAML(namespace, name, labels: labels, node: node, addresses: [ipv4, ipv6])
  }

  private func position(_ text: String, in all: String) -> Int {
    (Array(all).firstIndex(of: Character(text)) ?? 0) + 1
  }
}

/// A running pod, by default with the containers of the grid's.
func podYAML(
  _ namespace: String, _ name: String, labels: [String: String] = [:], node: String = "node-1",
  addresses: [String], spec: String = servingContainers, status: String = "phase: Running"
) -> String {
  let addresses = addresses.map { "{ip: \"\($0)\"}" }.joined(separator: ", ")
  return """
    {apiVersion: v1, kind: Pod,
      metadata: {namespace: "\(namespace)", name: "\(name)", labels: \(flow(labels))},
      spec: {nodeName: \(node), \(spec)},
      status: {\(status), podIPs: [\(addresses)]}}
    """
}

private let servingContainers =
  "containers: ["
  + [80, 81].flatMap { port in
    Transport.allCases.map { transport in
      """
      {name: \(transport.nftName)-\(port), ports: [{name: serve-\(port)-\(transport.nftName), \
      containerPort: \(port), protocol: \(transport.kubernetesName)}]}
      """
    }
  }.joined(separator: ", ") + "]"

/// A mapping of strings in flow style.
func flow(_ labels: [String: String]) -> String {
  let pairs = labels.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \"\($0.value)\"" }
  return "{\(pairs.joined(separator: ", "))}"
}
