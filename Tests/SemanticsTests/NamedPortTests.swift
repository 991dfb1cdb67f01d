import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import Testing

/// Which ports a rule means by names.
struct NamedPortTests {
  /// Pods that give the name `web` different numbers: 8080 in x, 9090 and 7070 in y.
  private static let webs = [
    ("x", "one", "10.0.1.101", "{name: web, containerPort: 8080}"),
    ("y", "two", "10.0.2.102", "{name: web, containerPort: 9090}"),
    ("y", "three", "10.0.2.103", "{name: web, containerPort: 7070}"),
  ].map { namespace, name, address, port in
    podYAML(
      namespace, name, labels: ["app": "web"], addresses: [address],
      spec: "containers: [{name: main, ports: [\(port)]}]")
  }.joined(separator: "\n---\n")

  /// The graph's decision, once it is known that its ruleset says the same.
  private func allows(
    _ graph: PolicyGraph, _ source: String, _ destination: String, _ transport: Transport,
    _ port: UInt16, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> Bool {
    let allowed = try graph.decision(
      source, destination, .transport(transport, port: port), .ipv4
    ).isAllowed
    let evaluation = try graph.evaluation(source, destination, transport.ipProtocol, port)
    #expect(evaluation.accepted == allowed, sourceLocation: sourceLocation)
    return allowed
  }

  /// Ports of a pod at 10.0.1.100 that a rule opens on ingress by the name `web`.
  private func opened(
    by rule: String = "{port: web}", podSpec: String, _ transport: Transport = .tcp
  ) throws -> [UInt16] {
    let pod = podYAML("x", "web", labels: ["app": "web"], addresses: ["10.0.1.100"], spec: podSpec)
    let spec = "podSelector: {matchLabels: {app: web}}\ningress: [{ports: [\(rule)]}]"
    let graph = try graph(policy(spec), pod)
    return try [53, 80, 8080, 9090].filter {
      try allows(graph, "y/a", "10.0.1.100", transport, $0)
    }
  }

  @Test func `E53 on ingress every subject has its own number`() throws {
    let spec = "podSelector: {}\ningress: [{ports: [{port: web}]}]"
    let graph = try graph(policy(spec), policy(spec, in: "y"), Self.webs)
    let numbers: [UInt16] = [8080, 9090, 7070]
    for (pod, own) in zip(["10.0.1.101", "10.0.2.102", "10.0.2.103"], numbers) {
      for number in numbers {
        #expect(try allows(graph, "z/a", pod, .tcp, number) == (number == own))
      }
    }
    #expect(try !allows(graph, "z/a", "x/a", .tcp, 8080))
  }

  @Test func `E53 on egress every destination has its own number`() throws {
    let to = "[{namespaceSelector: {matchLabels: {ns: \"y\"}}}]"
    let spec = "podSelector: {}\npolicyTypes: [Egress]\negress: [{ports: [{port: web}], to: \(to)}]"
    let graph = try graph(policy(spec), Self.webs)
    #expect(try allows(graph, "x/a", "10.0.2.102", .tcp, 9090))
    #expect(try !allows(graph, "x/a", "10.0.2.102", .tcp, 7070))
    #expect(try allows(graph, "x/a", "10.0.2.103", .tcp, 7070))
    #expect(try !allows(graph, "x/a", "10.0.2.103", .tcp, 9090))
    #expect(try !allows(graph, "x/a", "10.0.1.101", .tcp, 8080), "not in y")
  }

  @Test func `E54 on egress without to it means pods of every namespace, and no strangers`() throws
  {
    let spec = "podSelector: {}\npolicyTypes: [Egress]\negress: [{ports: [{port: web}]}]"
    let graph = try graph(policy(spec), Self.webs)
    #expect(try allows(graph, "x/a", "10.0.1.101", .tcp, 8080))
    #expect(try allows(graph, "x/a", "10.0.2.102", .tcp, 9090))
    #expect(try !allows(graph, "x/a", "10.0.2.102", .tcp, 8080))
    #expect(try !allows(graph, "x/a", "8.8.8.8", .tcp, 8080))
  }

  @Test func `E55 with an ipBlock it means the pods inside`() throws {
    let to = "[{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.2.103/32]}}]"
    let spec = "podSelector: {}\npolicyTypes: [Egress]\negress: [{ports: [{port: web}], to: \(to)}]"
    let graph = try graph(policy(spec), Self.webs)
    #expect(try allows(graph, "x/a", "10.0.2.102", .tcp, 9090))
    #expect(try !allows(graph, "x/a", "10.0.2.103", .tcp, 7070))
    #expect(try !allows(graph, "x/a", "8.8.8.8", .tcp, 9090))
  }

  @Test func `E56 a name that no pod has is no port`() throws {
    let ports = "[{ports: [{port: nowhere}]}]"
    let ingress = try graph(policy("podSelector: {}\ningress: \(ports)"))
    try expect(ingress, .tcp, 80, .deny("*", to: "x/*"))
    #expect(try !allows(ingress, "y/a", "x/a", .tcp, 80))
    let egress = try graph(policy("podSelector: {}\npolicyTypes: [Egress]\negress: \(ports)"))
    try expect(egress, .tcp, 80, .deny("x/*", to: "*"))
    #expect(try !allows(egress, "x/a", "8.8.8.8", .tcp, 80))
  }

  @Test func `E57 the protocol of the name must be the rule's`() throws {
    let udp = "containers: [{name: c, ports: [{name: web, containerPort: 53, protocol: UDP}]}]"
    #expect(try opened(podSpec: udp) == [])
    #expect(try opened(podSpec: udp, .udp) == [])
    #expect(try opened(by: "{port: web, protocol: UDP}", podSpec: udp, .udp) == [53])
    #expect(try opened(by: "{port: web, protocol: UDP}", podSpec: udp) == [])
    let both = """
      containers: [{name: c, ports: [{name: web, containerPort: 53, protocol: UDP}]}, \
      {name: d, ports: [{name: web, containerPort: 80, protocol: TCP}]}]
      """
    #expect(try opened(podSpec: both) == [80])
    #expect(try opened(by: "{port: web, protocol: UDP}", podSpec: both, .udp) == [53])
  }

  @Test func `E58 containers that go on running have ports, init containers have none`() throws {
    let ports = "ports: [{name: web, containerPort: 8080}]"
    let plain = "containers: [{name: c}], initContainers: [{name: i, \(ports)}]"
    #expect(try opened(podSpec: plain) == [])
    let sidecar =
      "containers: [{name: c}], initContainers: [{name: i, restartPolicy: Always, \(ports)}]"
    #expect(try opened(podSpec: sidecar) == [8080])
    let once =
      "containers: [{name: c}], initContainers: [{name: i, restartPolicy: OnFailure, \(ports)}]"
    #expect(try opened(podSpec: once) == [])
  }

  @Test func `E59 a name with two numbers means both`() throws {
    let twice = """
      containers: [{name: c, ports: [{name: web, containerPort: 8080}]}, \
      {name: d, ports: [{name: web, containerPort: 9090}]}]
      """
    #expect(try opened(podSpec: twice) == [8080, 9090])
  }

  @Test func `E60 a port of the host is not the container's`() throws {
    let port = "{name: web, containerPort: 8080, hostPort: 80}"
    #expect(try opened(podSpec: "containers: [{name: c, ports: [\(port)]}]") == [8080])
  }
}
