import Diagnostics
import Kubernetes
import NetSets
import PolicyModel
import TestSupport

/// A laboratory's hosts for a graph's endpoints, the other node, the outside, and a pod that nobody
/// knows yet.
struct World {
  let hosts: [LabHost]
  let nodeAddresses: [IPAddress]

  init(_ graph: PolicyGraph) {
    func addresses(_ texts: String...) -> [IPAddress] { texts.compactMap { IPAddress($0) } }
    nodeAddresses = addresses("192.168.0.1", "fd00:1::1")
    hosts =
      graph.endpoints.filter { !$0.addresses.isEmpty }.map { endpoint in
        LabHost(endpoint.reference.name, endpoint.addresses)
      } + [
        LabHost("other-node", addresses("192.168.0.2", "fd00:1::2")),
        LabHost("outside", addresses("8.8.8.8", "2001:4860:4860::8888")),
        LabHost("stranger", addresses("10.244.0.99", "fd00:244::63")),
      ]
  }

  /// Every ordered pair of hosts, the node included, with every protocol and a few ports.
  var attempts: ([LabAttempt], [Connection]) {
    var attempts: [LabAttempt] = []
    var connections: [Connection] = []
    let node = (name: Laboratory.nodeName, addresses: nodeAddresses)
    let all = hosts.map { (name: $0.name, addresses: $0.addresses) } + [node]
    for source in all {
      for target in all where source.name != target.name {
        for from in source.addresses {
          for to in target.addresses where to.family == from.family {
            for transport in Transport.allCases {
              for port in [53, 80, 8080, 9000] as [UInt16] {
                attempts.append(
                  LabAttempt(transport, from: source.name, fromAddress: from, to: to, port: port))
                connections.append(
                  Connection(from: from, to: to, .transport(transport, port: port)))
              }
            }
            attempts.append(LabAttempt(echoFrom: source.name, fromAddress: from, to: to))
            connections.append(
              Connection(from: from, to: to, .icmp(type: from.family == .ipv4 ? 8 : 128)))
          }
        }
      }
    }
    return (attempts, connections)
  }
}
