import NetSets
import PolicyModel
import Testing

/// What the API server rejects, we reject at its place; what it tolerates, we read as it does.
///
/// Not here: E12 is for those who cannot do ranges of ports, E17 is about ClusterNetworkPolicy and
/// E24 about Calico's policies.
struct ValidationTests {
  @Test func `E7 a dash with nothing behind it is an error`() {
    #expect(
      said(about: policy("podSelector: {}\ningress:\n-")) == [
        "7:4: error: spec.ingress[0]: an empty item, which Kubernetes takes for a rule that "
          + "allows everything [null-item] | write {} if that is meant, or remove the dash"
      ])
    #expect(
      said(about: policy("podSelector: {}\ningress:\n- from:\n  -")) == [
        "8:6: error: spec.ingress[0].from[0]: must specify a peer: podSelector, "
          + "namespaceSelector or ipBlock [empty-peer]"
      ])
    #expect(
      said(about: policy("podSelector: {}\negress:\n- ports:\n  - ~")) == [
        "8:7: error: spec.egress[0].ports[0]: an empty item, which Kubernetes takes for every TCP "
          + "port [null-item] | write {} if that is meant, or remove the dash"
      ])
  }

  @Test func `E8 a peer names pods, or an ipBlock`() throws {
    for empty in ["{}", "{podSelector: null}", "{ipBlock: ~, namespaceSelector: null}"] {
      #expect(
        said(about: policy("podSelector: {}\ningress:\n- from:\n  - \(empty)")) == [
          "8:7: error: spec.ingress[0].from[0]: must specify a peer: podSelector, "
            + "namespaceSelector or ipBlock [empty-peer]"
        ])
    }
    let both = "{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}"
    #expect(
      said(about: policy("podSelector: {}\negress:\n- to:\n  - \(both)")) == [
        "8:7: error: spec.egress[0].to[0]: ipBlock stands with a selector, which no peer can be "
          + "at once [invalid-value] | make them two items of the list"
      ])
    let half = "[{from: [{namespaceSelector: null, podSelector: {matchLabels: {pod: b}}}]}]"
    let graph = try graph(policy("podSelector: {}\ningress: \(half)"))
    try expect(graph, .tcp, 80, .deny("*", to: "x/*"), .allow("x/b", to: "x/*"))
  }

  /// Items of `ports`, and what is wrong with each.
  static let badPorts = [
    "{protocol: tcp}":
      ".protocol: found the string \"tcp\", expected TCP, UDP or SCTP [invalid-value] "
      + "| did you mean TCP?",
    "{protocol: ICMP}":
      ".protocol: found the string \"ICMP\", expected TCP, UDP or SCTP [invalid-value]",
    "{port: 0}": ".port: found 0, expected 1 to 65535 [invalid-value]",
    "{port: 65536}": ".port: found 65536, expected 1 to 65535 [invalid-value]",
    "{port: 80.5}": ".port: found the number 80.5, expected a port number [wrong-type]",
    "{port: \"80\"}":
      ".port: \"80\" is a name here, for it is in quotes, and no valid one [invalid-value] "
      + "| write 80 without quotes, or the name of a container's port",
    "{port: serve-8000-https}": noName("serve-8000-https"),
    "{port: Http}": noName("Http"),
    "{port: a--b}": noName("a--b"),
    "{port: -a}": noName("-a"),
    "{port: a-}": noName("a-"),
    "{port: 1-2}": noName("1-2"),
  ]

  private static func noName(_ name: String) -> String {
    ".port: \"\(name)\" is no port name: at most 15 lower case letters, digits and -, with a "
      + "letter [invalid-value]"
  }

  @Test(arguments: badPorts.sorted { $0.key < $1.key })
  func `E10 ports are numbers from 1 to 65535 or names, and protocols upper case`(
    item: String, problem: String
  ) {
    let said = said(about: policy("podSelector: {}\ningress:\n- ports:\n  - \(item)"))
    #expect(
      said.map { String($0.trimmingPrefix { $0 != "s" }) } == ["spec.ingress[0].ports[0]\(problem)"]
    )
  }

  @Test func `E10 the edges of what ports may be`() throws {
    for item in ["{port: 1}", "{port: 65535}", "{port: a}", "{port: serve-8000-http}"] {
      #expect(said(about: policy("podSelector: {}\ningress: [{ports: [\(item)]}]")) == [])
    }
  }

  @Test func `E11 endPort needs a number in port that is not above it`() throws {
    let problems = [
      "{endPort: 90}": "endPort: needs port, the range's start",
      "{port: serve-80-tcp, endPort: 90}":
        "endPort: needs a number in port, found the name \"serve-80-tcp\"",
      "{port: 81, endPort: 80}": "endPort: 80 is below port 81",
    ]
    for (item, problem) in problems {
      let said = said(about: policy("podSelector: {}\ningress: [{ports: [\(item)]}]"))
      #expect(said.count == 1)
      #expect(said[0].hasSuffix("spec.ingress[0].ports[0].\(problem) [end-port]"))
    }
    let huge = said(
      about: policy("podSelector: {}\ningress: [{ports: [{port: 1, endPort: 65536}]}]"))
    #expect(huge.count == 1)
    let equal = try graph(policy("podSelector: {}\ningress: [{ports: [{port: 80, endPort: 80}]}]"))
    #expect(try equal.allows("y/a", "x/a", .tcp, 80))
    #expect(try !equal.allows("y/a", "x/a", .tcp, 81))
    let range = try graph(policy("podSelector: {}\ningress: [{ports: [{port: 79, endPort: 80}]}]"))
    #expect(
      try [78, 79, 80, 81].map { try range.allows("y/a", "x/a", .tcp, $0) }
        == [false, true, true, false])
    #expect(try !range.allows("y/a", "x/a", .udp, 80))
  }

  @Test func `E15 except must be a part of its cidr`() {
    func block(_ text: String) -> [String] {
      said(about: policy("podSelector: {}\negress:\n- to:\n  - ipBlock: {\(text)}"))
    }
    let except = "spec.egress[0].to[0].ipBlock.except[0]:"
    #expect(
      block("cidr: 10.0.0.0/8, except: [11.0.0.0/16]") == [
        "8:44: error: \(except) 11.0.0.0/16 is not inside 10.0.0.0/8, and must be a part of it "
          + "[except-outside-cidr]"
      ])
    #expect(
      block("cidr: 10.0.0.0/8, except: [10.0.0.0/8]") == [
        "8:44: error: \(except) 10.0.0.0/8 is all of 10.0.0.0/8, and must be a part of it "
          + "[except-outside-cidr]"
      ])
    #expect(
      block("cidr: 10.0.0.0/8, except: [0.0.0.0/0]") == [
        "8:44: error: \(except) 0.0.0.0/0 is not inside 10.0.0.0/8, and must be a part of it "
          + "[except-outside-cidr]"
      ])
    #expect(
      block("cidr: 0.0.0.0/0, except: [\"fd00::/8\"]") == [
        "8:43: error: \(except) fd00::/8 is not inside 0.0.0.0/0, and must be a part of it "
          + "[except-outside-cidr]"
      ])
    #expect(
      block("except: [10.0.0.0/8]") == [
        "8:16: error: spec.egress[0].to[0].ipBlock: an ipBlock needs cidr [missing-field]"
      ])
    #expect(
      block("cidr: 10.0.0.1") == [
        "8:23: error: spec.egress[0].to[0].ipBlock.cidr: the string \"10.0.0.1\" is not a CIDR "
          + "[invalid-address] | write 10.0.0.1/32 for the single address"
      ])
    #expect(
      block("cidr: 10.0.0.0/33") == [
        "8:23: error: spec.egress[0].to[0].ipBlock.cidr: the string \"10.0.0.0/33\" is not a CIDR "
          + "[invalid-address]"
      ])
  }

  @Test(arguments: [
    ("010.0.0.0/8", "10.0.0.0/8", "has leading zeros, which are decimal here and octal elsewhere"),
    ("10.0.3.7/16", "10.0.0.0/16", "has bits set beyond its length"),
    ("::ffff:10.0.0.0/104", "10.0.0.0/8", "is an IPv4 address in IPv6 form"),
  ])
  func `E16 spellings that old API servers stored are read as they read them`(
    written: String, meant: String, why: String
  ) throws {
    let text = policy("podSelector: {}\ningress:\n- from:\n  - ipBlock: {cidr: \"\(written)\"}")
    #expect(
      said(about: text) == [
        "8:23: warning: spec.ingress[0].from[0].ipBlock.cidr: \"\(written)\" \(why); it is read as "
          + "\(meant) [ambiguous-cidr] | write \(meant)"
      ])
    let graph = try graph(text)
    #expect(try graph.allows("10.0.200.1", "10.0.1.1"))
    #expect(try !graph.allows("11.0.0.1", "10.0.1.1"))
    #expect(try !graph.allows("8.0.0.1", "10.0.1.1"))
    #expect(try !graph.allows("fd00:2::1", "fd00:1::1"))
  }

  @Test(arguments: [
    ("{key: pod, operator: In}", "In needs at least one value"),
    ("{key: pod, operator: NotIn, values: []}", "NotIn needs at least one value"),
    ("{key: pod, operator: Exists, values: [a]}", "Exists takes no values"),
    ("{key: pod, operator: DoesNotExist, values: [a]}", "DoesNotExist takes no values"),
    ("{key: pod, operator: in, values: [a]}", "did you mean In?"),
    ("{operator: Exists}", "a requirement needs key"),
    ("{key: pod}", "a requirement needs operator"),
    ("{key: a/b/c, operator: Exists}", "\"a/b/c\" is no label key"),
    ("{key: pod, operator: In, values: [\"a b\"]}", "\"a b\" is no label value"),
    ("{key: pod, operator: In, values: [\(String(repeating: "a", count: 64))]}", "no label value"),
  ])
  func `E18 selectors that the API rejects are errors`(requirement: String, problem: String) {
    let subject = policy("podSelector: {matchExpressions: [\(requirement)]}")
    let peer = policy(
      "podSelector: {}\ningress: [{from: [{podSelector: {matchExpressions: [\(requirement)]}}]}]")
    for text in [subject, peer] {
      let said = said(about: text)
      #expect(said.count == 1)
      #expect(said[0].contains(" error: ") && said[0].contains(problem))
      #expect(said[0].contains("[invalid-selector]") || said[0].contains("[missing-field]"))
    }
  }
}
