import Host
import Iptables
import NetSets
import Nftables

/// Our rules in a node's iptables, for a process that stays. Each change is compared with all that is
/// there, for iptables remembers nothing that tells whether others changed it.
///
/// iptables-nft keeps its rules in nftables, which counts every change that anyone makes. Sets of
/// ipset, and rules of iptables-legacy, are looked at now and then.
package final class ResidentFilter<Target: Kernel> {
  private let kernel: Target
  private let applier: FilterApplier
  private let resync: Duration
  private var generation: UInt32?
  private var lastLook = ContinuousClock.now

  /// - Parameters:
  ///   - kernel: the nftables that iptables-nft works in.
  ///   - resync: how long to go without looking when nothing tells.
  package init(_ tools: IptablesTools, beside kernel: Target, resync: Duration) {
    self.kernel = kernel
    self.resync = resync
    applier = FilterApplier(tools: tools)
  }

  package var variant: IptablesVariant { applier.tools.variant }

  /// Makes iptables hold rules.
  /// - Throws: `.unable`, after what was there before is back.
  package func give(_ wanted: PacketFilter) throws(KernelFailure) -> FilterChange {
    if let problem = wanted.problems.first {
      throw .unable(code: 0, reason: "iptables cannot hold this: \(problem)")
    }
    let outcome = try reporting { applier.finish(try applier.apply(wanted)) }
    generation = try count()
    lastLook = .now
    return outcome.change
  }

  /// What is there of ours.
  package func held() throws(KernelFailure) -> PacketFilter {
    try reporting { try applier.tools.list().installed().filter }
  }

  /// Whether others may have changed it since.
  package func isDisturbed() throws(KernelFailure) -> Bool {
    let quiet = ContinuousClock.now - lastLook
    if quiet > resync { return true }
    // Who writes to nftables all the time has it listed once a second.
    if quiet < .seconds(1) { return false }
    return try count() != generation
  }

  /// nil where nothing counts.
  private func count() throws(KernelFailure) -> UInt32? {
    variant == .nft ? try kernel.generation() : nil
  }

  private func reporting<Result>(
    _ body: () throws -> Result
  ) throws(KernelFailure) -> Result {
    do {
      return try body()
    } catch {
      throw .unable(code: 0, reason: "\(error)")
    }
  }
}
