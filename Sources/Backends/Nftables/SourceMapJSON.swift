import Diagnostics
import NetSets
import PolicyModel

extension SourceMap {
  /// Schema `netpolc.source-map/v1`.
  package var json: JSON {
    let rules = entries.map { entry -> JSON in
      var members: [(String, JSON)] = [
        ("table", .string(entry.family == .ipv4 ? "ip netpolc" : "ip6 netpolc")),
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
