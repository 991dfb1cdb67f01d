import Compiler
import Kubernetes
import NetSets
import PolicyModel

/// That policies see another address of a node than the one asked about: a node calls pods of other
/// nodes by its address on the network's tunnel, where there is one.
struct TunnelNote {
  private let node: String
  private let seen: [IPAddress]

  /// nil where the address that was asked about is the one that is seen.
  init?(from: Party, to: Party, _ compilation: Compilation) {
    guard from.endpoint == nil, let source = from.address, let index = to.endpoint,
      let node = compilation.input.cluster.nodes.first(where: { $0.addresses.contains(source) }),
      !compilation.graph.endpoints[index].nodeAddresses.contains(source)
    else { return nil }
    let seen = node.tunnelAddresses.filter { $0.family == source.family }
    if seen.isEmpty { return nil }
    self.node = node.name
    self.seen = seen
  }

  func say() {
    Console.say(
      "note: node \(node) calls pods of other nodes by its tunnel, as "
        + seen.map(\.description).joined(separator: " or ") + "; ask about that address")
  }
}
