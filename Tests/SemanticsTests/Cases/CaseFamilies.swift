extension Case {
  /// Whom the policy selects: 6.
  static let targets: [Case] = {
    let namespaces = ["x", "y", "z"].map { namespace -> Case in
      var policy = base
      policy.namespace = namespace
      return Case("target namespace \(namespace)", policy)
    }
    let selectors = [
      ("all pods", CaseSelector()), ("pods by label", CaseSelector(labels: ["pod": "a"])),
      ("pods by expression", CaseSelector(anyOf: ["pod": ["a", "b"]])),
    ]
    return namespaces
      + selectors.map { name, selector in
        var policy = base
        policy.subject = selector
        return Case("target \(name)", policy)
      }
  }()

  /// No rules, and a rule that says nothing: 4.
  static let rules = both("deny all", []) + both("allow all", [CaseRule()])

  /// No peers, each peer, and each two peers: 2 + 20 + 90.
  static let peers: [Case] = {
    let singles = namedPeers.flatMap { name, peer in both("peer \(name)") { $0.peers = [peer] } }
    let pairs = namedPeers.enumerated().flatMap { index, first in
      namedPeers[(index + 1)...].flatMap { second in
        both("peers \(first.0), \(second.0)") { $0.peers = [first.1, second.1] }
      }
    }
    return both("no peers") { $0.peers = [] } + singles + pairs
  }()

  private static let namedPeers: [(String, CasePeer)] = {
    let pods = CaseSelector(labels: ["pod": "b"])
    let namespaces = CaseSelector(anyOf: ["ns": ["y", "z"]])
    let all = CaseSelector()
    // The /24 is all of y, the /28 in it y/b.
    let block = CaseCIDR("10.0.2.0", 24)
    return [
      ("all pods", .pods(all, namespaces: nil)),
      ("pods by label", .pods(pods, namespaces: nil)),
      ("all namespaces", .pods(nil, namespaces: all)),
      ("all pods of all namespaces", .pods(all, namespaces: all)),
      ("pods by label of all namespaces", .pods(pods, namespaces: all)),
      ("namespaces by label", .pods(nil, namespaces: namespaces)),
      ("all pods of namespaces by label", .pods(all, namespaces: namespaces)),
      ("pods by label of namespaces by label", .pods(pods, namespaces: namespaces)),
      ("block", .block(block)),
      ("block with a hole", .block(block, except: [CaseCIDR("10.0.2.16", 28)])),
    ]
  }()

  /// No ports, each port, ports that nobody serves, and some two ports: 2 + 48 + 6 + 14.
  static let ports =
    both("no ports") { $0.ports = [] }
    + (singlePorts + unservedPorts + portPairs).flatMap { name, ports in
      both("ports \(name)") { $0.ports = ports }
    }

  private static let singlePorts: [(String, [CasePort])] = {
    let numbers = ([nil, "TCP", "UDP", "SCTP"] as [String?]).flatMap { transport in
      ([nil, 80, 81] as [Int?]).map { CasePort(transport: transport, number: $0) }
    }
    let names = ["TCP", "UDP", "SCTP"].flatMap { transport in
      [80, 81].map {
        CasePort(transport: transport, name: "serve-\($0)-\(transport.lowercased())")
      }
    }
    let ranges = ["TCP", "UDP", "SCTP"].flatMap { transport in
      [80, 84].map { CasePort(transport: transport, number: 53, end: $0) }
    }
    return (numbers + names + ranges).map { ("\($0)", [$0]) }
  }()

  private static let unservedPorts: [(String, [CasePort])] = [
    ("a name of another protocol", [CasePort(transport: "TCP", name: "serve-81-udp")]),
    ("a name that nobody serves", [CasePort(transport: "TCP", name: "serve-7981-tcp")]),
    ("a number that nobody serves", [CasePort(transport: "TCP", number: 7981)]),
  ]

  private static let portPairs: [(String, [CasePort])] = {
    let any = CasePort()
    let first = CasePort(number: 80)
    return [
      ("any, 80", [any, first]), ("any, name of 80", [any, CasePort(name: "serve-80-tcp")]),
      ("any, UDP", [any, CasePort(transport: "UDP")]),
      ("80, 81", [first, CasePort(number: 81)]),
      ("80, name of 81", [first, CasePort(name: "serve-81-tcp")]),
      ("80, name of UDP 81", [first, CasePort(transport: "UDP", name: "serve-81-udp")]),
      (
        "UDP 80, name of UDP 81",
        [
          CasePort(transport: "UDP", number: 80), CasePort(transport: "UDP", name: "serve-81-udp"),
        ]
      ),
    ]
  }()

  /// Namespaces by the label that is their name: 2.
  static let namespaces = both("namespace by its name") { rule in
    let name = CaseSelector(labels: ["kubernetes.io/metadata.name": "y"])
    rule.peers = [.pods(nil, namespaces: name)]
  }
}
