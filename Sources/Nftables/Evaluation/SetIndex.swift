import NetSets

/// A named set's elements, made to be looked up.
enum SetIndex: Sendable {
  case addresses(Set<IPAddress>)
  case endpoints(Set<EndpointKey>)
  case intervals(AddressSet)
  /// Filled by the kernel as it goes; nothing here looks into it.
  case flows

  init(_ content: SetContent) {
    switch content {
    case .addresses(let addresses): self = .addresses(Set(addresses))
    case .endpoints(let keys): self = .endpoints(Set(keys))
    case .intervals(let ranges): self = .intervals(AddressSet(ranges))
    case .flows: self = .flows
    }
  }

  func contains(_ address: IPAddress) -> Bool {
    switch self {
    case .addresses(let addresses): addresses.contains(address)
    case .intervals(let ranges): ranges.contains(address)
    case .endpoints, .flows: preconditionFailure("the set's elements are not addresses")
    }
  }

  /// Whether the packet's destination, protocol and port are an element.
  func contains(destinationOf packet: Packet) -> Bool {
    guard case .endpoints(let keys) = self else {
      preconditionFailure("the set's elements are not ports on addresses")
    }
    guard let transport = Transport(rawValue: packet.layer4.number) else { return false }
    return keys.contains(
      EndpointKey(
        address: packet.destination, transport: transport, port: packet.destinationPort))
  }
}
