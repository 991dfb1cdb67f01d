import Apply
import Host
import Iptables
import Netfilter
import Nftables

/// What an apply, a roll-back or a removal did, in words.
struct ChangeText {
  private let change: Session<NetlinkKernel>.Change

  init(_ change: Session<NetlinkKernel>.Change) { self.change = change }

  /// `in one transaction of 4 steps`, `in two transactions of 9 steps`
  var steps: String {
    guard let filter = change.filterChange else {
      let transactions =
        switch change.transactionCount {
        case 1: "one transaction"
        case 2: "two transactions"
        default: "\(change.transactionCount) transactions"
        }
      return "in \(transactions) of \(change.transaction.count) steps"
    }
    return "by \(filter.setCount) set\(filter.setCount == 1 ? "" : "s") and "
      + "\(filter.chainCount) chain\(filter.chainCount == 1 ? "" : "s")"
  }

  /// Which iptables it was: ` of iptables v1.8.9 (nf_tables)`.
  func tools(of rules: NodeRules, in namespace: NetworkNamespace) throws -> String {
    guard case .iptables(let variant) = rules.firewall else { return "" }
    return " of iptables \(try IptablesTools(variant, in: namespace).version)"
  }

  /// What was done besides, or was not.
  func sayRest() {
    for firewall in change.left { Console.note("removed our rules from \(firewall)") }
    if let leftover = change.leftover {
      Console.say("sets that are no longer needed are still there: \(leftover)")
    }
    for reason in change.unread {
      Console.say("whether rules of ours are elsewhere was not looked at: \(reason)")
    }
  }
}
