import Compiler
import Diagnostics

/// What became of one object of a cluster. Its last state counts, whatever came before.
package enum ClusterChange: Sendable {
  case put(ClusterObject)
  /// Objects are named as `ClusterObject.reference` names them.
  case removed(ObjectReference)
}
