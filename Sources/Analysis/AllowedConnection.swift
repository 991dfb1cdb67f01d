import NetSets
import PolicyModel

/// An allowed connection as a listing names it.
package struct AllowedConnection: Sendable {
  package let from: End
  package let to: End
  package let traffic: TrafficSet
  /// nil where it is the same in every family that both ends have.
  package let onlyIn: IPFamily?

  package init(from: End, to: End, traffic: TrafficSet, onlyIn: IPFamily? = nil) {
    self.from = from
    self.to = to
    self.traffic = traffic
    self.onlyIn = onlyIn
  }
}

/// One end of a listed connection.
package enum End: Hashable, Sendable {
  /// Position in `ConnectionList.units`.
  case unit(Int)
  /// Many of them, by the name of a `ConnectionList.Group`.
  case group(String)
  /// Addresses of no endpoint, as policies write them.
  case addresses(name: String, AddressSet)
}
