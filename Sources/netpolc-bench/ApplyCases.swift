import Apply
import Host
import NetSets
import Netfilter
import Nftables

/// What it costs to bring a ruleset into a kernel. Each case prints its rows, and runs in a process
/// and in network namespaces of its own.
enum ApplyCases {
  private static let table = "netpolc"

  /// A whole ruleset into an empty kernel, by us and by `nft -f`, in turns.
  static func fullLoad() throws -> [[String]] {
    let ruleset = NodeRuleset(pods: 250, policies: 200, peers: 20_000, families: [.ipv4]).ruleset
    let text = ruleset.text
    var stages = Stages()
    var nft: [Double] = []
    for _ in 0..<7 {
      let theirs = try NetworkNamespace()
      nft.append(
        try milliseconds {
          let result = try theirs.enter { try runProcess(["nft", "-f", "-"], input: text) }
          guard result.succeeded else { throw BenchFailure(description: result.errors) }
        })
      try load(ruleset, &stages)
    }
    let ours = stages.total.median
    let size = "250 pods, 200 policies of 11 rules, 20,000 peers"
    return [
      ["nft -f", size, "\(nft.median.short) ms", ""],
      ["apply", size, "\(ours.short) ms", "\((ours / nft.median).percent) of nft -f"],
      ["  read and plan", "", "\(stages.plan.median.short) ms", ""],
      ["  encode", "", "\(stages.encode.median.short) ms", ""],
      ["  in the kernel", "", "\(stages.kernel.median.short) ms", ""],
    ]
  }

  private struct Stages {
    var plan: [Double] = []
    var encode: [Double] = []
    var kernel: [Double] = []
    var total: [Double] = []
  }

  private static func load(_ ruleset: Ruleset, _ stages: inout Stages) throws {
    let kernel = try NetlinkKernel(in: try NetworkNamespace())
    let start = ContinuousClock.now
    let installed = try kernel.read(table: table)
    let plan = Transaction(from: installed, to: ruleset, table: table)
    let planned = ContinuousClock.now
    let batch = Batch(plan, onGeneration: installed.generation, isDryRun: false)
    let encoded = ContinuousClock.now
    try kernel.commit(batch)
    let end = ContinuousClock.now
    stages.plan.append((planned - start).milliseconds)
    stages.encode.append((encoded - planned).milliseconds)
    stages.kernel.append((end - encoded).milliseconds)
    stages.total.append((end - start).milliseconds)
  }
}

func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start).milliseconds
}

extension [Double] {
  var median: Double { quantile(0.5) }

  func quantile(_ part: Double) -> Double {
    sorted()[Swift.min(Int(Double(count) * part), count - 1)]
  }
}

extension Double {
  var percent: String { "\(Int((self * 100).rounded())) %" }
}
