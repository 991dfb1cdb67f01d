import NetSets

/// What is done about a node's masquerade.
package enum MasqueradeMode: String, Hashable, Sendable, CaseIterable {
  /// Our rules translate.
  case own
  /// Somebody else's translate; what is known of them is only told.
  case observe
  /// Somebody else's translate, and ours keep pods' addresses where theirs would take them.
  case override
}

/// How connections leave a node, and who sees to it.
package struct NodeMasquerade: Hashable, Sendable {
  package let masquerade: Masquerade
  package let mode: MasqueradeMode

  package init(_ masquerade: Masquerade, _ mode: MasqueradeMode) {
    self.masquerade = masquerade
    self.mode = mode
  }

  package enum Decision: Hashable, Sendable {
    /// Its own, whatever others on the node do: in mode `override`, from a pod to where pods keep
    /// theirs.
    case bound(Masquerade.Kept)
    /// As the translator decides.
    case translator(Masquerade.Decision)
  }

  package func decision(on flow: Masquerade.Flow) -> Decision {
    if mode == .override, let kept = masquerade.kept,
      kept.pods.addresses.contains(flow.source),
      kept.destinations.addresses.contains(flow.destination),
      !flow.isDestinationLocal || flow.isSourceLocal
    {
      return .bound(kept)
    }
    return .translator(masquerade.decision(on: flow))
  }
}
