import Backends
import Compiler
import TestSupport

/// How an agent is started, and what that means.
struct AgentFlags {
  var denies = NftablesOptions.Deny.drop
  var policesOwnNode = false
  var closesUnknown = false
  var logs = false

  init() {}

  init(_ random: inout SplitMix64) {
    denies = Bool.random(using: &random) ? .drop : .reject
    policesOwnNode = Bool.random(using: &random)
    closesUnknown = Bool.random(using: &random)
    logs = Bool.random(using: &random)
  }

  var arguments: [String] {
    [
      "--deny", denies.rawValue, "--host-egress", policesOwnNode ? "enforce" : "allow",
      "--default-action-unknown-pods", closesUnknown ? "deny" : "allow", "--start-timeout", "1",
    ] + (logs ? ["--deny-log"] : [])
  }

  var scope: Scope {
    Scope(node: "n1", policesOwnNode: policesOwnNode, failsClosed: closesUnknown)
  }

  var options: NftablesOptions {
    NftablesOptions(
      deny: denies, denyLog: logs ? DenyLogging(group: 100, perSecond: 500, burst: 1000) : nil,
      node: "n1")
  }
}
