import Glibc
import NetSets
import TestSupport
import Testing

@testable import Nftables

/// Loads rulesets into the kernel of a network namespace of their own.
private enum Nft {
  static let isAvailable =
    geteuid() == 0 && system("unshare -n nft list ruleset >/dev/null 2>&1") == 0

  /// What the shell commands print with the input on their standard input, errors included.
  static func run(_ commands: String, input: String) -> String {
    var path = Array("/tmp/netpolc-nft-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    defer {
      close(descriptor)
      unlink(path)
    }
    var rest = Array(input.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { return "cannot write the input" }
      rest = rest.dropFirst(written)
    }
    let file = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard let pipe = popen("unshare -n sh -c '\(commands)' <\(file) 2>&1", "r") else {
      return "cannot run a shell"
    }
    defer { pclose(pipe) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      guard count > 0 else { return String(decoding: output, as: UTF8.self) }
      output += buffer[..<count]
    }
  }
}

@Suite(.enabled(if: Nft.isAvailable, "needs root and nft"))
struct LiveListingTests {
  /// 60 tables, which have every case of the model.
  private static let tables = IPFamily.allCases.flatMap { family in
    (0..<60 as Range<UInt64>).map { TableMaker.table(seed: $0, family: family) }
  }

  private var tables: [Table] { Self.tables }

  private func expectListing(_ output: String, of tables: [Table], _ comment: Comment) {
    let expected = tables.map(\.listing).joined()
    if output == expected { return }
    let differing = zip(
      output.split(separator: "\n", omittingEmptySubsequences: false),
      expected.split(separator: "\n", omittingEmptySubsequences: false)
    ).filter { $0 != $1 }
    Issue.record(
      "\(comment): nft says \(differing.first.map { "\($0)\nbut not\n\($1)" } ?? output)")
  }

  @Test func `nft lists what we print`() {
    let kinds = tables.reduce(into: Set<Kind>()) { $0.formUnion(Kind.all(in: $1)) }
    #expect(kinds == Set(Kind.allCases))
    let text = Ruleset(tables: tables).text
    expectListing(Nft.run("nft -f - && nft -s list ruleset", input: text), of: tables, "once")
    expectListing(
      Nft.run("nft -f - && nft -s list ruleset", input: text + text), of: tables, "over itself")
  }

  @Test func `what nft lists, with counts and handles, is read as what was loaded`() throws {
    let ruleset = Ruleset(tables: tables)
    for command in ["nft -s list ruleset", "nft list ruleset", "nft -a list ruleset"] {
      let output = Nft.run("nft -f - && \(command)", input: ruleset.text)
      #expect(try Ruleset(parsing: output) == ruleset, "\(command)")
    }
  }

  @Test func `bridge tables are listed and read as they were made`() throws {
    for seed: UInt64 in 0..<40 {
      let table = BridgeMaker.table(seed: seed, name: "netpolc")
      let ruleset = Ruleset(tables: [], bridge: table)
      let output = Nft.run("nft -f - && nft -s list ruleset", input: table.text + table.text)
      #expect(output == table.listing, "seed \(seed)")
      let marked = Nft.run("nft -f - && nft -a list ruleset", input: table.text)
      #expect(try Ruleset(parsing: marked) == ruleset, "seed \(seed)")
    }
  }

  @Test func `nft has the names that we have for protocols and ICMPv6 types`() {
    var rules = (0...255).map { Rule([.layer4(IPProtocol(number: UInt8($0)))], [], .accept) }
    rules += (0...255).map { Rule([.icmpv6Type(UInt8($0)...UInt8($0))], [], .accept) }
    let tables = IPFamily.allCases.map { family in
      Table(
        family: family, name: "netpolc", comment: nil,
        chains: [Chain(name: "a-b", comment: nil, rules: rules)])
    }
    let text = Ruleset(tables: tables).text
    expectListing(Nft.run("nft -f - && nft -s list ruleset", input: text), of: tables, "names")
  }

  @Test func `nft takes a jump that is 15 deep and no deeper, as we say`() {
    for depth in [15, 16] {
      let chains = (0...depth).map { index in
        Chain(
          name: "c-\(index)", comment: nil,
          base: index == 0 ? BaseChain(hook: .forward, priority: 0) : nil,
          rules: index == depth ? [] : [Rule([], [], .jump("c-\(index + 1)"))])
      }
      let table = Table(family: .ipv4, name: "t", comment: nil, chains: chains)
      let output = Nft.run("nft -f - && nft -s list ruleset", input: table.text)
      #expect((output == table.listing) == (depth == 15))
      #expect(table.problems.isEmpty == (depth == 15))
    }
  }
}
