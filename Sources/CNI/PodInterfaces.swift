import NetSets

/// Where a node's pods send by.
package struct PodInterfaces: Hashable, Sendable {
  /// The node's ends of the links of pods that have a route of their own each.
  package let routed: [InterfacePattern]
  /// The directory in which the runtime keeps which port of a bridge each pod is behind; nil when no
  /// pod is behind a bridge.
  package let results: String?

  package init(routed: [InterfacePattern], results: String? = nil) {
    self.routed = routed
    self.results = results
  }
}
