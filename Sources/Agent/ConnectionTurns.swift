import Apply
import NetSets
import OpenFlows

/// What a loop has to do with connections that are open.
extension AgentLoop where Source: ~Copyable {
  mutating func cut() {
    alarms.cuts.removeFirst()
    do {
      let count = try FlowCutter(enforcer.wanted(), in: namespace).cut()
      status.flowsEnded += count
      if count > 0 { report(.cut(flows: count)) }
    } catch {
      report(.warning("open connections that are denied now were not ended: \(error)"))
    }
  }

  mutating func forget(_ addresses: [IPAddress]) {
    if addresses.isEmpty { return }
    do {
      let count = try forgetFlows(of: Set(addresses), in: namespace)
      status.flowsEnded += count
      if count > 0 { report(.cut(flows: count)) }
    } catch {
      report(.warning("connections of pods that are gone were not ended: \(error)"))
    }
  }
}
