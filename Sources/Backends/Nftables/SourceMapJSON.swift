import Diagnostics
import NetSets
import PolicyModel

extension SourceMap {
  /// Schema `netpolc.source-map/v1`.
  /// - Parameter table: what the firewall calls the table of a family.
  package func json(_ table: (IPFamily) -> String) -> JSON {
    let rules = entries.map { entry -> JSON in
      var members: [(String, JSON)] = [
        ("table", .string(table(entry.family))),
        ("chain", .string(entry.chain)),
        ("rule", .integer(entry.rule)),
        ("policy", .string(entry.provenance.policy.description)),
        ("path", .string(entry.provenance.path.description)),
      ]
      if let port = entry.port { members.append(("port", .string(port.description))) }
      members.append(("source", entry.provenance.location.json))
      return .object(members)
    }
    return ["schema": "netpolc.source-map/v1", "rules": .array(rules)]
  }
}
