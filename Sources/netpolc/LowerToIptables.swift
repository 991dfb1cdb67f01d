import Backends
import Iptables
import PolicyModel

/// Rules for iptables, unless they would be more than it can hold: that is an error at the lines of the
/// policies.
func loweredToIptables(
  _ graph: PolicyGraph, _ options: IptablesOptions
) throws -> (filter: PacketFilter, sources: SourceMap) {
  let (filter, sources) = lower(graph, options)
  try DiagnosticPrinter([]).check(filter.inexpressible(sources))
  if let problem = filter.problems.first {
    throw Console.fail("iptables cannot hold this: \(problem)", .badInput)
  }
  return (filter, sources)
}
