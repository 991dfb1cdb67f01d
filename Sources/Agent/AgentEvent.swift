import Apply
import Denials
import Diagnostics
import Nftables

/// What an agent has to say.
package enum AgentEvent: Sendable {
  /// It follows the source and holds the node.
  case started(node: String, firewall: Firewall, rules: Adoption)
  /// All objects have come.
  case synced(pods: Int, namespaces: Int, policies: Int)
  /// The kernel holds what all objects want, for the first time.
  case ready(localPods: Int)
  /// The kernel took a transaction.
  case applied(changes: Int, steps: Int, duration: Duration)
  /// The kernel refused one; the rules before it are in force.
  case refused(reason: String, retryIn: Duration)
  /// Somebody else changed our tables, and they are as they should be again.
  case repaired(by: String?, steps: Int)
  /// Rules that were elsewhere are in one firewall now.
  case moved(from: [Firewall], to: Firewall)
  case cut(flows: Int)
  /// An object is not enforced as it is written.
  case problem(ObjectReference, reason: String, isQuarantined: Bool)
  case solved(ObjectReference)
  /// The source cannot tell more, or not all of it; nothing if it can again.
  case source([String])
  /// What was in force last is in force again, since nothing else is known.
  case restored(generation: Int)
  case denied(DenyRecord)
  case warning(String)
  case stopped(leaves: Bool)

  /// What a start found in the kernel.
  package enum Adoption: Sendable {
    case nothing
    case ours
  }
}
