import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

/// How objects are found in files, and which files are refused.
struct InputTests {
  @Test func `E19 a policy without a namespace is in the default one`() throws {
    let bare =
      "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}, spec: {}}"
    let pod = podYAML("default", "web", addresses: ["10.9.0.1"])
    let graph = try graph(bare, pod)
    #expect(graph.policies.map(\.reference.description) == ["NetworkPolicy default/p"])
    try expect(graph)
    #expect(try !graph.allows("x/a", "10.9.0.1"))
  }

  @Test func `E19 two objects of one name are an error that names the first place`() {
    let twice = "\(policy("podSelector: {}"))\n---\n\(policy("podSelector: {}"))"
    #expect(
      said(about: twice) == [
        "7:1: error: NetworkPolicy x/p is already given at f.yaml:1 [duplicate-object] "
          + "| remove one of them, or rename it"
      ])
    let elsewhere = "\(policy("podSelector: {}"))\n---\n\(policy("podSelector: {}", in: "y"))"
    #expect(said(about: elsewhere) == [])
  }

  @Test func `E19 policies of the longest names have chains of their own`() throws {
    // Labels of 63 characters joined to 253, which differ in the last one.
    let long = Array(repeating: String(repeating: "n", count: 63), count: 3).joined(separator: ".")
    let names = ["a", "b"].map { "\(long).\(String(repeating: "n", count: 60))\($0)" }
    #expect(names[0].utf8.count == 253)
    let graph = try graph(
      policy("ingress: [{ports: [{port: 80}]}]", named: names[0]),
      policy("ingress: [{ports: [{port: 81}]}]", named: names[1]))
    let chains = try graph.table(.ipv4).chains.map(\.name)
    #expect(chains.filter { $0.hasPrefix("pi/x/nnn") }.count == 2)
    #expect(Set(chains).count == chains.count)
    #expect(chains.allSatisfy { $0.utf8.count <= 255 })
    #expect(
      try [80, 81, 82].map { try graph.evaluation("y/a", "x/a", .tcp, $0).accepted }
        == [true, true, false])
  }

  @Test func `E20 a misspelt field is an error with a hint`() {
    #expect(
      said(about: policy("podSelector: {}\ningress:\n- form: [{podSelector: {}}]")) == [
        "7:5: error: spec.ingress[0]: unknown field \"form\", expected from or ports "
          + "[unknown-field] | did you mean from?"
      ])
    #expect(
      said(about: policy("podSelecter: {}")) == [
        "5:3: error: spec: unknown field \"podSelecter\", expected podSelector, policyTypes, "
          + "ingress or egress [unknown-field] | did you mean podSelector?"
      ])
    #expect(
      said(about: policy("podSelector: {matchLabel: {pod: a}}")) == [
        "5:17: error: spec.podSelector: unknown field \"matchLabel\", expected matchLabels or "
          + "matchExpressions [unknown-field] | did you mean matchLabels?"
      ])
    // A peer of the other direction is as unknown.
    #expect(
      said(about: policy("ingress:\n- to: [{podSelector: {}}]")) == [
        "6:5: error: spec.ingress[0]: unknown field \"to\", expected from or ports [unknown-field]"
      ])
  }

  @Test func `E20 a key that stands twice is an error`() {
    #expect(
      said(about: policy("podSelector: {}\ningress:\n- from: [{podSelector: {}}]\n  from: []")) == [
        "8:5: error: found the key `from` twice; the first is on line 7 [duplicate-key]"
      ])
  }

  /// Every way to write one policy into a file.
  static let wrappings: [String] = {
    let object =
      "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: x}}"
    let bare = object.replacing("apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, ", with: "")
    let list = "{apiVersion: v1, kind: List, items: [\(object)]}"
    return [
      object, "---\n---\n# nothing\n---\n\(object)\n---\n", list,
      "{apiVersion: v1, kind: List, items: [\(list)]}",
      "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicyList, items: [\(object)]}",
      "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicyList, items: [\(bare)]}",
      """
      {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
       "metadata": {"name": "p", "namespace": "x"}}
      """,
    ]
  }()

  @Test(arguments: wrappings)
  func `E21 policies are found in documents and lists`(text: String) throws {
    try expect(try graph(text), .tcp, 80, .deny("*", to: "x/*"))
  }

  @Test func `E21 the answers of an API server leave out the kinds of items`() throws {
    let pods = """
      {apiVersion: v1, kind: PodList, items: [
        {metadata: {name: pod, namespace: x}, status: {podIP: 10.9.0.1}}]}
      """
    let graph = try graph(pods, policy("podSelector: {}"))
    #expect(try !graph.allows("y/a", "10.9.0.1"))
  }

  @Test func `E21 an API version that is gone is an error, not passed over`() {
    let old = "apiVersion: extensions/v1beta1\nkind: NetworkPolicy\nmetadata: {name: p}"
    #expect(
      said(about: old) == [
        "1:13: error: apiVersion: extensions/v1beta1 was removed in Kubernetes 1.16 [removed-api] "
          + "| write networking.k8s.io/v1; the fields are the same"
      ])
  }

  @Test func `E21 other kinds are passed over and counted, other policies with a warning`() throws {
    let service =
      "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {clusterIP: 10.96.0.1}}"
    let input = try compileText("\(service)\n---\n\(policy("podSelector: {}"))").input
    #expect(input.skipped == ["Service (v1)": 1])
    #expect(input.policies.count == 1)
    let calico = "{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: p}}"
    let said = said(about: calico)
    #expect(said.count == 1)
    #expect(said[0].hasPrefix("1:1: warning: NetworkPolicy of projectcalico.org/v3 is not read"))
  }

  @Test(arguments: ["NetworkPolcy", "networkpolicy", "NetworkPolicyy"])
  func `E21 a misspelt kind of policy is not passed over in silence`(kind: String) {
    let text = "{apiVersion: networking.k8s.io/v1, kind: \(kind), metadata: {name: p}}"
    let warning = "1:1: warning: \(kind) of networking.k8s.io/v1 is not read: nothing that it says"
    let said = said(about: text).map { $0.split(separator: " | ").map(String.init) }
    #expect(said == [["\(warning) is enforced [policy-not-read]", "did you mean NetworkPolicy?"]])
  }

  @Test(arguments: ["true", "on", "off", "yes", "no", "1", "1.0", "0x1f"])
  func `E22 a label value that YAML takes for no string is an error`(value: String) {
    let selector = said(about: policy("podSelector:\n  matchLabels: {debug: \(value)}"))
    #expect(selector.count == 1)
    #expect(selector[0].hasPrefix("6:26: error: spec.podSelector.matchLabels.debug: found the "))
    #expect(
      selector[0].hasSuffix("expected a string [wrong-type] | put it in quotes: \"\(value)\""))
    let labels = said(
      about: "{apiVersion: v1, kind: Pod, metadata: {name: pod, labels: {debug: \(value)}}}")
    #expect(labels.count == 1 && labels[0].contains("[wrong-type]"))
    #expect(said(about: policy("podSelector: {matchLabels: {debug: \"\(value)\"}}")) == [])
  }

  @Test func `E23 a rule that nothing can match leaves the isolation and the other rules`() throws {
    let graph = try graph(
      policy(
        """
        podSelector: {matchLabels: {pod: a}}
        ingress:
        - ports: [{port: nobody-has-it}]
        - from: [{podSelector: {matchLabels: {pod: nobody}}}]
        - from: [{podSelector: {matchLabels: {pod: b}}}]
        """))
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"), .allow("x/b", to: "x/a"))
  }

  @Test func `E23 an invalid rule leaves nothing compiled`() {
    #expect(throws: CompilationFailure.self) {
      try graph(policy("podSelector: {}\ningress: [{ports: [{port: 0}]}, {}]"))
    }
  }
}
