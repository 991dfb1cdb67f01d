import NetSets

/// A frame that comes in by a port, as far as the rules of bridge tables can tell frames apart.
package struct Frame: Hashable, Sendable {
  package var port: String
  package var sender: HardwareAddress
  /// Of a frame of a virtual network.
  package var tag: VLANType?
  package var content: Content

  package enum Content: Hashable, Sendable {
    case ipv4(source: IPAddress)
    /// What the message itself says of who sends it.
    case arp(sender: HardwareAddress, address: IPAddress)
    case ipv6(source: IPAddress)
    /// With the target of a neighbour advertisement; nil in one that is too short, and in others.
    case icmpv6(source: IPAddress, type: UInt8, target: IPAddress?)
    case other
  }

  package init(port: String, sender: HardwareAddress, tag: VLANType? = nil, _ content: Content) {
    self.port = port
    self.sender = sender
    self.tag = tag
    self.content = content
  }
}

extension BridgeTable {
  /// Whether the frame goes on, according to the rules alone.
  package func accepts(_ frame: Frame) -> Bool {
    run(.hook, frame) != .drop
  }

  private enum Outcome {
    case accept
    case drop
    /// The chain came to its end.
    case end
  }

  private func run(_ chain: BridgeChain, _ frame: Frame) -> Outcome {
    for rule in rules(of: chain) {
      switch rule {
      case .lookAtPorts: if ports.contains(frame.port) { return run(.port, frame) }
      case .dropTagged(let type): if frame.tag == type { return .drop }
      case .acceptOwnIPv4:
        if case .ipv4(let source) = frame.content, isSender(frame, source) { return .accept }
      case .acceptOwnARP:
        if case .arp(let sender, let address) = frame.content, frame.tag == nil,
          isSender(frame, address), isSender(frame, address, by: sender)
        {
          return .accept
        }
      case .dropMessage(let message): if isMessage(frame, message.rawValue) { return .drop }
      case .lookAtTarget:
        if isMessage(frame, NeighborMessage.neighborAdvertisement) {
          let outcome = run(.target, frame)
          if outcome != .end { return outcome }
        }
      case .acceptOwnIPv6:
        switch frame.content {
        case .ipv6(let source), .icmpv6(let source, _, _):
          if isSender(frame, source) { return .accept }
        case .ipv4, .arp, .other: break
        }
      case .returnTarget(let port, let address):
        if port == frame.port, case .icmpv6(_, _, address) = frame.content { return .end }
      case .drop: return .drop
      }
    }
    return .end
  }

  /// The rules on messages ask for the type of the frame itself, which is the tag's where it has one.
  private func isMessage(_ frame: Frame, _ type: UInt8) -> Bool {
    if case .icmpv6(_, type, _) = frame.content { frame.tag == nil } else { false }
  }

  private func isSender(
    _ frame: Frame, _ address: IPAddress, by hardware: HardwareAddress? = nil
  ) -> Bool {
    senders.contains(
      SenderKey(port: frame.port, hardware: hardware ?? frame.sender, address: address))
  }
}
