import NetSets
import TestSupport
import Testing

@testable import Nftables

@Suite struct RoundTripTests {
  @Test func `500 random rulesets are read back as they were`() throws {
    for seed: UInt64 in 0..<500 {
      let ruleset = TableMaker.ruleset(seed: seed)
      #expect(ruleset.problems.isEmpty, "seed \(seed)")
      #expect(try Ruleset(parsing: ruleset.text) == ruleset, "seed \(seed)")
    }
  }

  @Test func `addresses are printed as NetSets describes them`() {
    var generator = SplitMix64(seed: 2)
    for family in IPFamily.allCases {
      for _ in 0..<5000 {
        var bits: UInt128 = 0
        for _ in 0..<8 {
          let group = UInt128.random(in: 0...0xffff, using: &generator)
          let shortened = group >> UInt128.random(in: 0...15, using: &generator)
          bits = bits << 16 | (Bool.random(using: &generator) ? 0 : shortened)
        }
        let address = IPAddress(family: family, bits: bits & family.highest)
        var buffer = TextBuffer()
        buffer.write(address)
        #expect(buffer.text == address.description)
      }
    }
  }

  @Test func `random rulesets have every case of the model`() {
    var met: Set<Kind> = []
    for seed: UInt64 in 0..<60 {
      for table in TableMaker.ruleset(seed: seed).tables { met.formUnion(Kind.all(in: table)) }
    }
    #expect(met == Set(Kind.allCases))
  }

  @Test func `counts, handles and what the kernel adds are read and left out`() throws {
    let listed = """
      table ip netpolc { # handle 7
      \tcounter deny-in { # handle 2
      \t\tcomment "x"
      \t\tpackets 3 bytes 180
      \t}

      \tset drops-a { # handle 3
      \t\ttypeof ip saddr . ip daddr . meta l4proto . th dport
      \t\tsize 4096
      \t\tflags dynamic,timeout
      \t\ttimeout 10m
      \t\telements = { 10.0.0.1 . 10.0.0.2 . tcp . 80 counter packets 1 bytes 60 expires 9m52s704ms,
      \t\t\t     10.0.0.1 . 10.0.0.3 . tcp . 80 counter packets 1 bytes 60 expires 9m }
      \t}

      \tchain g-a { # handle 4
      \t\tcounter packets 9 bytes 900 counter name "deny-in" drop comment "# handle 3" # handle 5
      \t\tupdate @drops-a { ip saddr . ip daddr . meta l4proto . th dport counter packets 0 bytes 0 } # handle 6
      \t\tlimit rate 20/second burst 5 packets # handle 7
      \t}
      }
      """
    let rules = [
      Rule([], [.counter, .namedCounter("deny-in")], .drop, comment: "# handle 3"),
      Rule([], [.updateFlow(set: "drops-a")], nil),
      Rule([], [.limit(perSecond: 20, burst: 5)], nil),
    ]
    let table = Table(
      family: .ipv4, name: "netpolc", comment: nil,
      counters: [NamedCounter(name: "deny-in", comment: "x")],
      sets: [
        NamedSet(name: "drops-a", comment: nil, content: .flows(size: 4096, timeoutMinutes: 10))
      ], chains: [Chain(name: "g-a", comment: nil, rules: rules)])
    #expect(try Ruleset(parsing: listed) == Ruleset(tables: [table]))
  }

  @Test(arguments: [
    ("table inet filter {\n}\n", 1, 7, "\"inet\""),
    ("table ip t {\n\tchain a-b {\n\t\tip6 saddr ::1 accept\n", 3, 3, "\"ip6\""),
    ("table ip t {\n\tchain a-b {\n\t\tdnat\n", 3, 3, "\"dnat\""),
    ("table ip t {\n\tset é {\n", 2, 6, "\"é\""),
    ("table ip t {\n\tcomment \"éé\" x\n", 2, 15, "\"x\""),
    ("table ip t {\n\tcomment \"a\n", 2, 10, "a quote without end"),
    ("table ip t {", 1, 13, "the end of the text"),
    ("table ip t {\n\tset a-b {\n\t\ttype ipv4_addr\n\t\telements = { ::1 }", 4, 16, "\"::1\""),
    ("table ip t {\n}\ntable ip t {\n}\n", 3, 10, "\"t\""),
  ])
  func `a text that is not ours is refused at its first strange word`(
    _ text: String, _ line: Int, _ column: Int, _ found: String
  ) throws {
    let error = try #require(throws: RulesetSyntaxError.self) { try Ruleset(parsing: text) }
    #expect((error.line, error.column) == (line, column))
    #expect(error.message.contains("found \(found);"))
    #expect(error.message.contains("only rulesets as netpolc writes them"))
  }

  @Test func `no text crashes the parser`() {
    var generator = SplitMix64(seed: 1)
    let tables = (0..<20 as Range<UInt64>).flatMap { TableMaker.ruleset(seed: $0).tables }
    let texts = tables.map { Array($0.text.unicodeScalars) }.filter { $0.count < 2000 }
    let strange = Array("{}\"\n;,@!=+-/.:# 0919999999999999999999999é\u{0}azip".unicodeScalars)
    var read = 0
    for _ in 0..<20_000 {
      guard var text = texts.randomElement(using: &generator) else { return }
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !text.isEmpty {
        let start = Int.random(in: 0..<text.count, using: &generator)
        let end = min(text.count, start + Int.random(in: 0...6, using: &generator))
        let count = Int.random(in: 0...4, using: &generator)
        let replacement = (0..<count).map { _ in strange.randomElement(using: &generator) ?? "x" }
        text.replaceSubrange(start..<end, with: replacement)
      }
      var string = String.UnicodeScalarView()
      string.append(contentsOf: text)
      if let ruleset = try? Ruleset(parsing: String(string)) {
        read += 1
        // What was understood can be said again, and is understood alike.
        #expect((try? Ruleset(parsing: ruleset.text)) == ruleset)
      }
    }
    #expect(read > 100)
  }
}
