import Diagnostics
import Kubernetes
import NetSets
import PolicyModel

/// Ports of an endpoint to which something outside the cluster is led.
package struct RoutedPort: Sendable {
  /// The Ingress, route of the Gateway API, or Service of type LoadBalancer or NodePort.
  package let route: ObjectReference
  package let location: SourceLocation
  /// Position in the graph.
  package let endpoint: Int
  package let transport: Transport
  package let port: UInt16
}

/// A route that leads to what the input does not have.
package struct DeadRoute: Sendable {
  package let text: String
  package let location: SourceLocation
}

/// What Services, Ingresses and routes lead to.
package struct Routing: Sendable {
  package let services: [Service]
  package let routes: [Route]

  package init(services: [Service], routes: [Route]) {
    self.services = services.sorted { $0.reference < $1.reference }
    self.routes = routes.sorted { $0.reference < $1.reference }
  }

  /// Sorted by route.
  package func ports(
    of graph: PolicyGraph, in cluster: Cluster
  ) -> (ports: [RoutedPort], dead: [DeadRoute]) {
    let finder = EndpointFinder(graph, cluster)
    let byName = Dictionary(services.map { ($0.reference, $0) }) { first, _ in first }
    var found: [RoutedPort] = []
    var dead: [DeadRoute] = []
    for route in routes {
      for backend in Set(route.backends).sorted(by: { $0.location < $1.location }) {
        let name = ObjectReference(
          kind: "Service", namespace: backend.namespace, name: backend.service)
        guard let service = byName[name] else {
          dead.append(
            DeadRoute(
              text: "\(route.reference) leads to \(name), which the input does not have",
              location: backend.location))
          continue
        }
        let ports = service.ports.filter { port in
          switch backend.port {
          case nil: true
          case .number(let number): port.number == number
          case .named(let name): port.name == name
          }
        }
        if ports.isEmpty {
          dead.append(
            DeadRoute(
              text: "\(route.reference) leads to a port that \(name) does not have",
              location: backend.location))
        }
        found += finder.ports(service, ports, route: route.reference, at: backend.location)
      }
    }
    for service in services where service.type.isReachableFromOutside {
      found += finder.ports(
        service, service.ports, route: service.reference, at: service.location)
    }
    return (found, dead)
  }
}

/// Finds the endpoints behind a service.
private struct EndpointFinder {
  private let graph: PolicyGraph
  /// Of each namespace, with the labels of their objects.
  private let endpoints: [String: [(index: Int, labels: Labels)]]

  init(_ graph: PolicyGraph, _ cluster: Cluster) {
    self.graph = graph
    var labels: [ObjectReference: Labels] = [:]
    for pod in cluster.pods { labels[pod.reference] = pod.labels }
    for workload in cluster.workloads { labels[workload.reference] = workload.labels }
    var endpoints: [String: [(index: Int, labels: Labels)]] = [:]
    for (index, endpoint) in graph.endpoints.enumerated() {
      endpoints[endpoint.reference.namespace ?? "", default: []].append(
        (index, labels[endpoint.reference] ?? .none))
    }
    self.endpoints = endpoints
  }

  func ports(
    _ service: Service, _ ports: [Service.Port], route: ObjectReference, at location: SourceLocation
  ) -> [RoutedPort] {
    let behind = (endpoints[service.reference.namespace ?? ""] ?? []).filter {
      service.selects($0.labels)
    }
    return behind.flatMap { endpoint in
      ports.flatMap { port in
        numbers(port, at: endpoint.index).map { number in
          RoutedPort(
            route: route, location: location, endpoint: endpoint.index, transport: port.transport,
            port: number)
        }
      }
    }
  }

  private func numbers(_ port: Service.Port, at endpoint: Int) -> [UInt16] {
    switch port.target {
    case .number(let number): [number]
    case .named(let name):
      graph.endpoints[endpoint].ports
        .filter { $0.name == name && $0.transport == port.transport }.map(\.number)
    }
  }
}
