import Diagnostics
import Manifests
import Reports
import Testing

/// What is written is read as the same by our own reader, which reads as kubectl does.
@Suite struct YAMLTests {
  private func roundTrip(
    _ value: JSON, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let text = value.yaml
    let read = try parsed(text, as: "a.yaml")
    #expect(read.map(\.json.line) == [value.line], "\(text)", sourceLocation: sourceLocation)
  }

  @Test func `a policy is written as a person would write it`() {
    let policy: JSON = [
      "apiVersion": "networking.k8s.io/v1",
      "kind": "NetworkPolicy",
      "metadata": ["name": "web", "labels": ["app.kubernetes.io/name": "web"]],
      "spec": [
        "podSelector": [:],
        "ingress": [
          [
            "from": [["ipBlock": ["cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]]]],
            "ports": [["port": 80, "protocol": "TCP"], ["port": "http"]],
          ], [:],
        ],
        "egress": [],
        "policyTypes": ["Ingress"],
      ],
    ]
    #expect(
      policy.yaml == """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web
          labels:
            app.kubernetes.io/name: web
        spec:
          podSelector: {}
          ingress:
          - from:
            - ipBlock:
                cidr: 10.0.0.0/8
                except:
                - 10.1.0.0/16
            ports:
            - port: 80
              protocol: TCP
            - port: http
          - {}
          egress: []
          policyTypes:
          - Ingress

        """)
  }

  private static let strings =
    [
      "", " ", " a", "a ", "a: b", "a:", ":a", "a #b", "#a", "- a", "-", "---", "...", "? a", "a\n",
      "\n", "a\nb\n", "\ta", "a\tb", "'", "\"", "\\", "a\\b", "{a}", "[a]", "*a", "&a", "!a", "|a",
      ">", "%a", "@a", "`a`", "<<", "=", "~", ",", "a, b", "a 'b' \"c\"", "\u{0}", "\u{1B}[1m",
      "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}x\u{2029}", "\u{FEFF}", "\u{FFFE}", "ü", "日本", "🙂",
      "e\u{301}", "\r", "a\r\nb", "null", "Null", "NULL", "nUll", "true", "TRUE", "yes", "Yes",
      "no", "off", "On", "y", "N", "0", "-0", "1", "+1", "010", "0o10", "0x1F", "0b1", "1_000",
      "1.5", ".5", "1.", "1e3", "12e34567", "1e5/", ".inf", "-.INF", ".nan", "NaN", "1:30",
      "190:20:30", "2001-12-14", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43", "1.2.3",
      "10.0.0.0/8", "fd00::/8", "::1", "::/0", "01/02", "0x", "_1", "1_", "e3", "app=web",
      "tier in (a,b)", "(a)", "a@b.c", Samples.nasty, String(repeating: "x", count: 3000),
      String(repeating: "\u{1}", count: 2000), "a b\u{1F}",
    ]

  @Test(arguments: strings)
  func `a string comes back as that string, as value, item and key`(_ string: String) throws {
    try roundTrip(["a": .string(string)])
    try roundTrip([.string(string), [.string(string)]])
    let inner = JSON.object([(string, .array([1, 2]))])
    try roundTrip(.object([(string, .string(string)), ("z " + string, inner)]))
    try roundTrip(.string("x" + string))
    try roundTrip(.string(string + "x"))
  }

  private static let collections: [JSON] = [
    .array([]), .object([]), .array([.array([])]), .array([.object([])]),
    .array([.array([[1], .array([.array([2, 3])])]), 4]),
    ["a": .array([["b": .object([])], ["c": .array([.array([]), .array([.array([])])])]])],
    ["a": ["b": ["c": ["d": .null]]], "e": [.null, .bool(true), .bool(false), -5]],
  ]

  @Test(arguments: collections)
  func `collections in each other come back`(_ value: JSON) throws { try roundTrip(value) }

  @Test func `random values come back`() throws {
    var seed: UInt64 = 42
    func random(_ limit: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % limit
    }
    func value(_ depth: Int) -> JSON {
      switch random(depth > 4 ? 3 : 6) {
      case 0: .integer(random(100) - 50)
      case 1, 2: .string(Self.strings[random(Self.strings.count)])
      case 3: .array((0..<random(4)).map { _ in value(depth + 1) })
      case 4: .bool(random(2) == 0)
      default:
        .object(
          (0..<random(4)).map {
            ("\($0)" + Self.strings[random(Self.strings.count)], value(depth + 1))
          })
      }
    }
    for _ in 0..<500 { try roundTrip(value(0)) }
  }

  @Test func `documents follow each other`() throws {
    let read = try parsed(yamlDocuments([["a": 1], [2], ["b": "---"]]), as: "a.yaml")
    #expect(read.map(\.json.line) == ["{\"a\":1}", "[2]", "{\"b\":\"---\"}"])
  }
}

extension ManifestValue {
  fileprivate var json: JSON {
    switch kind {
    case .null: .null
    case .number: .string("a number: \(text)")
    case .boolean: .bool(boolean == true)
    case .integer: integer.map { .integer($0) } ?? .null
    case .string: .string(text)
    case .sequence: .array(items.map(\.json))
    case .mapping: .object(members.map { ($0.key, $0.value.json) })
    }
  }
}
