import Diagnostics

extension CasePolicy {
  /// As JSON, which is YAML too. Lists are written even when they are empty.
  var text: String {
    var types: [JSON] = []
    var spec: [(String, JSON)] = [("podSelector", subject.json)]
    if let ingress {
      types.append("Ingress")
      spec.append(("ingress", .array(ingress.map { $0.json(peers: "from") })))
    }
    if let egress {
      types.append("Egress")
      spec.append(("egress", .array(egress.map { $0.json(peers: "to") })))
    }
    spec.append(("policyTypes", .array(types)))
    let object: JSON = [
      "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
      "metadata": ["namespace": .string(namespace), "name": .string(name)], "spec": .object(spec),
    ]
    return object.text
  }
}

extension CaseRule {
  fileprivate func json(peers field: String) -> JSON {
    .object([
      (field, .array(peers.map(\.json))), ("ports", .array(ports.map(\.json))),
    ])
  }
}

extension CasePeer {
  fileprivate var json: JSON {
    switch self {
    case .pods(let pods, let namespaces):
      var members: [(String, JSON)] = []
      if let pods { members.append(("podSelector", pods.json)) }
      if let namespaces { members.append(("namespaceSelector", namespaces.json)) }
      return .object(members)
    case .block(let cidr, let except):
      return ["ipBlock": ["cidr": cidr.json, "except": .array(except.map(\.json))]]
    }
  }
}

extension CaseCIDR {
  fileprivate var json: JSON { .string("\(address)/\(length)") }
}

extension CaseSelector {
  fileprivate var json: JSON {
    let labels = labels.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
    let expressions = [("In", anyOf), ("NotIn", noneOf)].flatMap { test, values in
      values.sorted { $0.key < $1.key }.map { key, values -> JSON in
        ["key": .string(key), "operator": .string(test), "values": .array(values.map(JSON.string))]
      }
    }
    return ["matchLabels": .object(labels), "matchExpressions": .array(expressions)]
  }
}

extension CasePort {
  fileprivate var json: JSON {
    var members: [(String, JSON)] = []
    if let transport { members.append(("protocol", .string(transport))) }
    if let number { members.append(("port", .integer(number))) }
    if let name { members.append(("port", .string(name))) }
    if let end { members.append(("endPort", .integer(end))) }
    return .object(members)
  }
}
