import Kubernetes
import NetSets

/// Which node has an address. That is all of other nodes that anybody asks.
struct NodeDirectory {
  private var addresses: [String: [IPAddress]] = [:]
  private var names: [IPAddress: String] = [:]

  /// - Parameter node: nil when it is gone.
  mutating func set(_ node: Node?, named name: String) {
    for address in addresses[name] ?? [] where names[address] == name { names[address] = nil }
    addresses[name] = node?.addresses
    for address in node?.addresses ?? [] { names[address] = name }
  }

  func name(of address: IPAddress) -> String? { names[address] }
}
