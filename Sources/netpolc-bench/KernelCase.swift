import Apply
import BenchSupport
import Glibc
import Host
import NetSets
import Netfilter
import Nftables

/// What it costs to bring rulesets into a kernel, and what they cost there. Each case runs in a
/// process and in network namespaces of its own, for which it has to be root.
enum KernelCase: String, CaseIterable {
  case fullLoad = "full-load"
  case smallChanges = "small-changes"
  case packets = "packets"
  case follow = "follow"

  static let table = "netpolc"

  /// A line of the table.
  struct Row {
    let cells: [String]

    init(_ name: String, _ size: String, _ time: String, _ note: String = "") {
      cells = [name, size, time, note]
    }
  }

  static var isPossible: Bool { geteuid() == 0 }

  func rows() throws -> [Row] {
    switch self {
    case .fullLoad: try KernelCase.fullLoad()
    case .smallChanges:
      try KernelCase.smallChanges(pods: 1000) + KernelCase.smallChanges(pods: 100_000)
    case .packets: try KernelCase.packets()
    case .follow: try FollowCase(pods: 10_000).rows() + FollowCase(pods: 100_000).rows()
    }
  }

  /// A whole ruleset into an empty kernel, by us and by `nft -f`, in turns.
  private static func fullLoad() throws -> [Row] {
    let ruleset = NodeRuleset(pods: 250, policies: 200, peers: 20_000, families: [.ipv4]).ruleset
    let text = ruleset.text
    var stages = Stages()
    var nft: [Double] = []
    // They are taken down at the end: the kernel does that beside us, and takes its time.
    var namespaces: [NetworkNamespace] = []
    for _ in 0..<9 {
      let theirs = try NetworkNamespace()
      nft.append(
        try milliseconds {
          let result = try theirs.enter { try runProcess(["nft", "-f", "-"], input: text) }
          guard result.succeeded else { throw BenchFailure(description: result.errors) }
        })
      let ours = try NetworkNamespace()
      try stages.load(ruleset, into: ours)
      namespaces += [theirs, ours]
    }
    let size = "20,000 peers, 200 policies, 250 local pods"
    let total = stages.total.median
    return [
      Row("nft -f", size, "\(nft.median.short) ms", "min \(nft.quantile(0).short)"),
      Row(
        "apply", size, "\(total.short) ms",
        "min \(stages.total.quantile(0).short); \((total / nft.median).percent) of nft -f"),
      Row("  read and plan", "", "\(stages.plan.median.short) ms"),
      Row("  encode", "", "\(stages.encode.median.short) ms"),
      Row(
        "  in the kernel", "", "\(stages.kernel.median.short) ms",
        "\((stages.kernel.median / total).percent) of apply"),
    ]
  }

  /// What a process that stays does when one pod comes, or one policy changes, in a cluster of any
  /// size: from the change to the kernel's answer.
  private static func smallChanges(pods: Int) throws -> [Row] {
    let node = NodeRuleset(pods: 250, policies: 10, peers: pods)
    let kernel = try NetlinkKernel(in: try NetworkNamespace())
    _ = try Applier(kernel, table: table).apply(node.ruleset)
    let resident = try ResidentRuleset(kernel, table: table)
    func commit(_ steps: [Transaction.Step]) throws {
      guard try resident.commit(Transaction(table: table, steps: steps)) == .committed else {
        throw BenchFailure(description: "somebody else writes to a namespace of ours")
      }
    }
    var added: [Double] = []
    var removed: [Double] = []
    var edited: [Double] = []
    let chain = "pi/shop/policy-3"
    for round in 0..<520 {
      let (add, remove) = node.podSteps(number: 300 + round)
      added.append(try milliseconds { try commit(add) })
      removed.append(try milliseconds { try commit(remove) })
      let time = try milliseconds {
        var steps: [Transaction.Step] = []
        for family in node.families {
          var rules = NodeRuleset.rules(3, family, .source)
          rules[5] = Rule(
            [.destinationPort(UInt16(round + 1)...UInt16(round + 1)), .layer4(.tcp)], [.counter],
            .accept)
          steps += try resident.edits(family, chain: chain, to: rules) ?? []
        }
        try commit(steps)
      }
      edited.append(time)
    }
    let size = "\(pods) pods, both families"
    return [("one pod added", added), ("one pod removed", removed), ("one policy changed", edited)]
      .map { name, times in
        let times = Array(times.dropFirst(20))
        return Row(
          name, size, "\(times.median.precise) ms", "p99 \(times.quantile(0.99).precise) ms")
      }
  }
}

/// How long each part of an apply took, run by run.
private struct Stages {
  private(set) var plan: [Double] = []
  private(set) var encode: [Double] = []
  private(set) var kernel: [Double] = []
  private(set) var total: [Double] = []

  mutating func load(_ ruleset: Ruleset, into namespace: NetworkNamespace) throws {
    let target = try NetlinkKernel(in: namespace)
    let start = ContinuousClock.now
    let installed = try target.read(table: KernelCase.table)
    let transaction = Transaction(from: installed, to: ruleset, table: KernelCase.table)
    let planned = ContinuousClock.now
    let batch = Batch(transaction, onGeneration: installed.generation, isDryRun: false)
    let encoded = ContinuousClock.now
    try target.commit(batch)
    let end = ContinuousClock.now
    plan.append((planned - start).milliseconds)
    encode.append((encoded - planned).milliseconds)
    kernel.append((end - encoded).milliseconds)
    total.append((end - start).milliseconds)
  }
}

func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start).milliseconds
}
