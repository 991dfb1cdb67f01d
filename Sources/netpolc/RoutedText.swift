import Analysis
import Diagnostics
import NetSets
import Picture
import PolicyModel

extension RoutedConnection {
  /// `Ingress shop/web => shop/web[Deployment] : TCP 8080 (from anyone)`
  var text: String { "\(route) => \(unit.name) : \(traffic) (\(admittedText))" }

  var admittedText: String {
    switch admission {
    case .anyone: "policies let anyone in"
    case .named(let rules):
      "policies let in whom "
        + rules.map { "\($0.policy.qualifiedName) \($0.path) \($0.location.fileAndLine)" }
        .joined(separator: ", ") + " names"
    case .noOne: "policies let no one in"
    }
  }

  var json: JSON {
    let (word, rules): (String, [Provenance]) =
      switch admission {
      case .anyone: ("anyone", [])
      case .named(let rules): ("named", rules)
      case .noOne: ("no one", [])
      }
    return [
      "route": .string(route.description), "source": location.json, "to": .string(unit.name),
      "leadsTo": traffic.json, "admits": .string(word),
      "ingressRules": .array(rules.map(\.json)),
    ]
  }

  /// nil for what policies stop.
  func drawn(in graph: PolicyGraph) -> DrawnConnection? {
    if case .noOne = admission { return nil }
    return DrawnConnection(
      from: .route(route), to: unit.drawn(in: graph), traffic: traffic, onlyIn: nil,
      mark: .unchanged, reasons: [admittedText])
  }
}
