import ArgumentParser
import Backends

/// Whether policies decide what pods send to their own node.
package enum HostEgress: String, ExpressibleByArgument, CaseIterable {
  case allow
  case enforce
}

/// What becomes of open connections that policies deny now.
package enum Established: String, ExpressibleByArgument, CaseIterable {
  case cut
  case keep
}

extension NftablesOptions.Deny: ExpressibleByArgument {}
