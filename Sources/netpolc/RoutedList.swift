import Analysis
import Compiler
import Diagnostics
import NetSets
import PolicyModel

/// What Services, Ingresses and routes of the input lead to, ports of one unit together. Says which
/// lead to nothing.
func routed(
  _ compilation: Compilation, _ connectivity: Connectivity, _ units: [Unit],
  _ focus: ((Unit) -> Bool)?
) -> [RoutedConnection] {
  let (ports, dead) = compilation.input.routing.ports(
    of: compilation.graph, in: compilation.input.cluster)
  for route in dead { Console.say("\(route.location): warning: \(route.text)") }
  var byName: [ObjectReference: Unit] = [:]
  for unit in units where focus?(unit) ?? true { byName[unit.reference] = unit }
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
