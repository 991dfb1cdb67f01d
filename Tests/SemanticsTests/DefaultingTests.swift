import NetSets
import PolicyModel
import Testing

/// What is meant by what a NetworkPolicy leaves out.
struct DefaultingTests {
  @Test func `E1 policyTypes default to Ingress, and Egress when there are egress rules`() throws {
    let neither = try graph(policy("podSelector: {}"))
    try expect(neither, .tcp, 80, .deny("*", to: "x/*"))
    let emptyEgress = try graph(policy("podSelector: {}\negress: []\npolicyTypes: []"))
    try expect(emptyEgress, .tcp, 80, .deny("*", to: "x/*"))
    let egress = try graph(policy("podSelector: {}\negress: [{to: [{podSelector: {}}]}]"))
    #expect(try !egress.allows("x/a", "y/a"))
    let only = try graph(policy("podSelector: {}\npolicyTypes: [Egress]"))
    try expect(only, .tcp, 80, .deny("x/*", to: "*"))
  }

  @Test func `E2 egress rules without policyTypes isolate ingress as well`() throws {
    let graph = try graph(policy("podSelector: {matchLabels: {pod: a}}\negress: [{}]"))
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"))
    #expect(try graph.reason(.ingress, "y/a", "x/a") == "isolated by p")
    #expect(try graph.reason(.egress, "x/a", "y/a") == "allowed by p egress[0]")
  }

  @Test func `E3 rules of a direction that policyTypes leaves out count for nothing`() throws {
    let rules = "podSelector: {}\ningress: [{from: [{podSelector: {}}]}]\negress: [{ports: [{}]}]"
    let ingress = try graph(policy("\(rules)\npolicyTypes: [Ingress]"))
    #expect(try ingress.allows("x/a", "y/a", .udp))
    #expect(try ingress.reason(.egress, "x/a", "y/a") == "not isolated")
    #expect(try !ingress.allows("y/a", "x/a"))
    let egress = try graph(policy("\(rules)\npolicyTypes: [Egress]"))
    #expect(try egress.allows("y/a", "x/a"))
    #expect(try egress.reason(.ingress, "y/a", "x/a") == "not isolated")
    #expect(try !egress.allows("x/a", "y/a", .udp))
  }

  @Test func `E4 a port without a protocol is TCP, and no ports are every protocol`() throws {
    let ports = try graph(policy("podSelector: {}\ningress: [{ports: [{}]}]"))
    #expect(try ports.allows("y/a", "x/a", .tcp, 65535))
    #expect(try !ports.allows("y/a", "x/a", .udp))
    #expect(try !ports.allows("y/a", "x/a", .sctp))
    #expect(try !ports.allows("y/a", "x/a", .icmp(type: 8)))
    let number = try graph(policy("podSelector: {}\ningress: [{ports: [{port: 80}]}]"))
    #expect(try number.allows("y/a", "x/a", .tcp, 80))
    #expect(try !number.allows("y/a", "x/a", .udp, 80))
    let none = try graph(policy("podSelector: {}\ningress: [{ports: []}]"))
    for transport in Transport.allCases { #expect(try none.allows("y/a", "x/a", transport)) }
    #expect(try none.allows("y/a", "x/a", .icmp(type: 8)))
    #expect(try none.allows("y/a", "x/a", .other(IPProtocol(number: 47))))
  }

  /// Specs with a hole, and the field that is empty, null or not there in it.
  static let holes: [(spec: String, field: String, empty: String)] = [
    ("podSelector: {}\npolicyTypes: [Ingress]\n#", "ingress", "[]"),
    ("podSelector: {}\npolicyTypes: [Egress]\n#", "egress", "[]"),
    ("podSelector: {}\negress: [{to: [{podSelector: {}}]}]\n#", "policyTypes", "[]"),
    ("podSelector: {}\ningress:\n- ports: [{port: 81}]\n  #", "from", "[]"),
    ("podSelector: {}\ningress:\n- from: [{podSelector: {}}]\n  #", "ports", "[]"),
    ("podSelector: {}\negress:\n- ports: [{port: 81}]\n  #", "to", "[]"),
    ("ingress:\n- from:\n  - ipBlock:\n      cidr: 10.0.1.0/24\n      #", "except", "[]"),
    ("podSelector:\n  matchExpressions: [{key: pod, operator: Exists}]\n  #", "matchLabels", "{}"),
    ("podSelector:\n  matchLabels: {pod: a}\n  #", "matchExpressions", "[]"),
    ("ingress: [{from: [{podSelector: {}}]}]\n#", "podSelector", "{}"),
  ]

  @Test(arguments: holes)
  func `E5 empty, null and absent are the same`(
    spec: String, field: String, empty: String
  ) throws {
    let absent = try graph(policy(spec.replacing("#", with: ""))).denied()
    #expect(!absent.isEmpty)
    for value in [empty, "null", "~", ""] {
      let text = policy(spec.replacing("#", with: "\(field): \(value)"))
      #expect(said(about: text) == [])
      #expect(try graph(text).denied() == absent)
    }
  }

  @Test func `E6 no rules allow nothing, an empty rule allows everything`() throws {
    let nothing = try graph(policy("podSelector: {matchLabels: {pod: a}}\ningress: []"))
    try expect(nothing, .tcp, 80, .deny("*", to: "x/a"))
    #expect(try !nothing.allows("8.8.8.8", "x/a"))
    let everything = try graph(policy("podSelector: {matchLabels: {pod: a}}\ningress: [{}]"))
    try expect(everything)
    #expect(try everything.allows("8.8.8.8", "x/a"))
    #expect(try everything.allows("2001:db8::1", "x/a"))
    #expect(try everything.reason(.ingress, "y/a", "x/a") == "allowed by p ingress[0]")
    let anyone = try graph(policy("podSelector: {}\ningress: [{from: [], ports: [{port: 80}]}]"))
    #expect(try anyone.allows("8.8.8.8", "x/a"))
    #expect(try !anyone.allows("8.8.8.8", "x/a", .tcp, 81))
  }

  @Test func `E9 no podSelector selects every pod of the policy's namespace only`() throws {
    for selector in ["podSelector:", "podSelector: {}", "ingress: []"] {
      try expect(try graph(policy(selector)), .tcp, 80, .deny("*", to: "x/*"))
    }
    let spare = policy("").split(separator: "\n").dropLast().joined(separator: "\n")
    try expect(try graph(spare), .tcp, 80, .deny("*", to: "x/*"))
  }

  @Test func `E13 a direction may stand twice in policyTypes`() throws {
    let graph = try graph(policy("podSelector: {}\npolicyTypes: [Ingress, Ingress]"))
    try expect(graph, .tcp, 80, .deny("*", to: "x/*"))
    #expect(
      said(about: policy("podSelector: {}\npolicyTypes: [Ingress, Egress, Ingress]")) == [
        "6:16: error: spec.policyTypes: found 3 entries, expected at most Ingress and Egress "
          + "[invalid-value]"
      ])
    #expect(
      said(about: policy("podSelector: {}\npolicyTypes: [ingress]")) == [
        "6:17: error: spec.policyTypes[0]: found the string \"ingress\", expected Ingress or "
          + "Egress [invalid-value] | did you mean Ingress?"
      ])
  }

  @Test func `E14 ingress rules under policyTypes Egress isolate no ingress`() throws {
    let spec = "podSelector: {}\npolicyTypes: [Egress]\ningress: [{ports: [{port: 81}]}]"
    try expect(try graph(policy(spec)), .tcp, 80, .deny("x/*", to: "*"))
  }
}
