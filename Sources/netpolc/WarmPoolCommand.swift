import ArgumentParser
import Capacity
import Diagnostics

struct WarmPoolCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "warm-pool",
    abstract: "Say which addresses the AWS VPC CNI keeps on a node at each number of pods.",
    discussion: """
      The CNI's daemon, ipamd, gets addresses before pods need them: so many free ENIs \
      (WARM_ENI_TARGET), with prefix delegation free prefixes of 16 (WARM_PREFIX_TARGET), or, \
      instead of either, free addresses (WARM_IP_TARGET) and addresses in all (MINIMUM_IP_TARGET). \
      This follows its rules while pods come one by one, or go, and waits after each until ipamd \
      has done what it does: ENIs are a minute old, freed addresses have rested.

      Of several ENIs with room, and prefixes with a free address, ipamd takes any. Here the first \
      one is filled first and the last one emptied first, and the pod that came last goes first, \
      which needs least; a real node on which pods come and go can hold more. IPv4 of one network \
      card; no trunk ENI, a subnet that has addresses.

      Exits 1 when a pod gets no address.

      EXAMPLES
        netpolc warm-pool m5.large --pods 0..27
        netpolc warm-pool m5.large --pods 30..0 --prefix-delegation
        netpolc warm-pool t3.small --pods 5 --warm-ip-target 2 --minimum-ip-target 5
        netpolc warm-pool c5.4xlarge --pods 0..234 -o csv=pool.csv
      """)

  @OptionGroup var instance: InstanceOptions

  @Option(
    help: ArgumentHelp(
      "How many pods, those on the host's network aside: 0..20 as they come, 20..0 as they go, or 20.",
      valueName: "numbers"))
  var pods: PodCounts

  @Option(
    help: ArgumentHelp(
      "Free ENIs to keep (WARM_ENI_TARGET, default 1).", valueName: "number"))
  var warmEniTarget: Int?

  @Option(
    help: ArgumentHelp(
      "Free addresses to keep (WARM_IP_TARGET); 0 is as if not set.", valueName: "number"))
  var warmIpTarget: Int?

  @Option(
    help: ArgumentHelp(
      "Addresses to hold at least, free or not (MINIMUM_IP_TARGET); 0 is as if not set.",
      valueName: "number"))
  var minimumIpTarget: Int?

  @Option(
    help: ArgumentHelp(
      "Free prefixes to keep (WARM_PREFIX_TARGET, default 1 as the Helm chart has it).",
      valueName: "number"))
  var warmPrefixTarget: Int?

  @Option(
    help: ArgumentHelp(
      "The kubelet's limit: a pool of so many addresses does not grow (default: none).",
      valueName: "number"))
  var maxPods: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How to print it, and to which file; repeatable.", valueName: "format[=file]"))
  var output = [Output(WarmPoolFormat.text)]

  func validate() throws {
    for (option, number) in [
      ("--warm-eni-target", warmEniTarget), ("--warm-ip-target", warmIpTarget),
      ("--minimum-ip-target", minimumIpTarget), ("--warm-prefix-target", warmPrefixTarget),
    ] {
      if let number, !(0...100_000).contains(number) {
        throw ValidationError("\(option) needs a number from 0 to 100000")
      }
    }
    if let maxPods, maxPods < 1 { throw ValidationError("--max-pods needs a number from 1") }
    try Outputs.check(output)
  }

  func run() throws {
    let type = try instance.type()
    var settings = PoolSettings(type, maxInterfaces: instance.maxEni)
    settings.hasPrefixDelegation = instance.prefixDelegation
    settings.hasCustomNetworking = instance.customNetworking
    settings.maxPods = maxPods
    settings.warmInterfaces = warmEniTarget ?? settings.warmInterfaces
    settings.warmPrefixes = warmPrefixTarget ?? settings.warmPrefixes
    settings.warmAddresses = warmIpTarget ?? settings.warmAddresses
    settings.minimumAddresses = minimumIpTarget ?? settings.minimumAddresses
    for note in withoutEffect(settings) { Console.say("note: \(note)") }
    let report = WarmPoolReport(
      type: type, settings: settings,
      states: WarmPool.states(settings, from: pods.first, to: pods.last))
    try Outputs.write(output) { report.text($0) }
    if report.withoutAddress != nil { throw ExitCode.finding }
  }

  /// What ipamd reads and does not heed. It says nothing; a user wants to know.
  private func withoutEffect(_ settings: PoolSettings) -> [String] {
    var notes: [String] = []
    for (name, number) in [
      ("WARM_IP_TARGET", warmIpTarget), ("MINIMUM_IP_TARGET", minimumIpTarget),
    ] where number == 0 {
      notes.append("ipamd takes \(name)=0 for not set")
    }
    if warmEniTarget != nil {
      if settings.countsAddresses {
        notes.append("WARM_IP_TARGET or MINIMUM_IP_TARGET is set: ipamd ignores WARM_ENI_TARGET")
      } else if instance.prefixDelegation {
        notes.append("with prefix delegation ipamd ignores WARM_ENI_TARGET for WARM_PREFIX_TARGET")
      }
    }
    if warmPrefixTarget != nil {
      if !instance.prefixDelegation {
        notes.append("without prefix delegation ipamd ignores WARM_PREFIX_TARGET")
      } else if settings.countsAddresses {
        notes.append(
          "WARM_IP_TARGET or MINIMUM_IP_TARGET is set: WARM_PREFIX_TARGET only keeps ENIs from "
            + "being detached")
      }
    }
    return notes
  }
}

/// `0..20`, `20..0` or `20`.
struct PodCounts: ExpressibleByArgument {
  let first: Int
  let last: Int

  /// More than any instance type has addresses for.
  private static let known = 0...25_000

  init?(argument: String) {
    let ends = argument.split(separator: "..", omittingEmptySubsequences: false)
    guard (1...2).contains(ends.count) else { return nil }
    let numbers = ends.compactMap { text in
      text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
    guard numbers.count == ends.count, numbers.allSatisfy(Self.known.contains) else { return nil }
    (first, last) = (numbers[0], numbers[numbers.count - 1])
  }
}

enum WarmPoolFormat: String, CaseIterable, Sendable {
  case text
  case json
  case csv
  case md
}
