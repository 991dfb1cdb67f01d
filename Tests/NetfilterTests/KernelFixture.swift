import Host
import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

/// All tests that ask a real kernel, one at a time: it is one kernel.
@Suite(
  .serialized,
  .enabled(if: Laboratory.unavailable == nil, "\(Laboratory.unavailable ?? "It can run.")"))
enum RealKernel {}

/// A network namespace with nothing in it, and its nftables.
struct KernelFixture {
  static let table = "netpolc"

  let namespace: NetworkNamespace
  let kernel: NetlinkKernel

  init() throws {
    namespace = try NetworkNamespace()
    kernel = try NetlinkKernel(in: namespace)
  }

  @discardableResult
  func run(_ command: [String], input: String = "") throws -> String {
    let result = try namespace.enter { try runProcess(command, input: input) }
    guard result.succeeded else {
      throw CommandFailure(command: command.joined(separator: " "), errors: result.errors)
    }
    return result.output
  }

  func load(_ text: String) throws { try run(["nft", "-f", "-"], input: text) }

  /// What nft lists without counts.
  func listing() throws -> String { try run(["nft", "-s", "list", "ruleset"]) }

  /// The instructions of all rules, as nft reads them from the kernel.
  func instructions() throws -> [Substring] {
    try run(["nft", "-s", "--debug=netlink", "list", "ruleset"]).split(separator: "\n")
      .filter { $0.hasPrefix("  [") }
  }

  func read(_ table: String = table) throws -> Installed { try kernel.read(table: table) }

  /// Brings the kernel to what is wanted, and says what that took.
  @discardableResult
  func apply(
    _ wanted: Ruleset, table: String = table, isDryRun: Bool = false
  ) throws -> Transaction {
    let installed = try read(table)
    let plan = Transaction(from: installed, to: wanted, table: table)
    try kernel.commit(plan, onGeneration: installed.generation, isDryRun: isDryRun)
    return plan
  }
}

struct CommandFailure: Error {
  let command: String
  let errors: String
}

extension Ruleset {
  init(_ tables: Table...) { self.init(tables: tables) }
}
