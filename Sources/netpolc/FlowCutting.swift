import Apply
import Glibc
import Host
import Nftables
import OpenFlows

/// Ends what is open and denied now. A kernel that cannot list connections is no failure of the
/// change, which stands; it is said.
/// - Parameter rules: nil for none, which deny nothing.
func cutFlows(deniedBy rules: NodeRules?, in namespace: NetworkNamespace) throws {
  guard let rules else { return }
  let cutter = try FlowCutter(rules, in: namespace)
  do {
    var count = try cutter.end(cutter.look())
    sleepMilliseconds(UInt32(FlowCutter.secondLook / .milliseconds(1)))
    count += try cutter.end(cutter.look())
    if count > 0 { Console.note("cut \(count) open connection\(count == 1 ? "" : "s")") }
  } catch KernelFailure.unable(EINVAL, let reason) {
    Console.say("open connections that are denied now were not cut: \(reason)")
  }
}
