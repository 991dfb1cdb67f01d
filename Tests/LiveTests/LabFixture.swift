import NetSets
import TestSupport

/// Three pods and a host outside, dual stack.
struct LabFixture {
  let hosts: [LabHost]
  let nodeAddresses: [IPAddress]

  init(podAttachment: LabHost.Attachment = .routed) throws {
    func addresses(_ texts: String...) throws -> [IPAddress] { try texts.map(parse) }
    hosts = [
      LabHost("alpha", try addresses("10.244.1.1", "fd00:244::1:1"), attachment: podAttachment),
      LabHost("beta", try addresses("10.244.1.2", "fd00:244::1:2"), attachment: podAttachment),
      LabHost("gamma", try addresses("10.244.1.3", "fd00:244::1:3"), attachment: podAttachment),
      LabHost("outside", try addresses("203.0.113.9", "2001:db8::9")),
    ]
    nodeAddresses = try addresses("192.0.2.1", "2001:db8:1::1")
  }

  func laboratory() throws -> Laboratory {
    try Laboratory(hosts: hosts, nodeAddresses: nodeAddresses)
  }

  /// Attempts of every kind between every pair, also from the node and to it.
  func everyAttempt(ports: [UInt16] = [80, 443]) -> [LabAttempt] {
    let node = LabHost(Laboratory.nodeName, nodeAddresses)
    let all = hosts + [node]
    return all.flatMap { from in
      all.filter { $0.name != from.name }.flatMap { to in
        to.addresses.flatMap { address in
          [LabAttempt(echoFrom: from.name, to: address)]
            + Transport.allCases.flatMap { transport in
              ports.map { LabAttempt(transport, from: from.name, to: address, port: $0) }
            }
        }
      }
    }
  }
}

struct NotAnAddress: Error {
  let text: String
}

func parse(_ text: String) throws -> IPAddress {
  guard let address = IPAddress(text) else { throw NotAnAddress(text: text) }
  return address
}

extension LabAttempt {
  func isTransport(_ transport: Transport, _ port: UInt16) -> Bool {
    probe == .transport(transport, port: port)
  }
}

extension Laboratory {
  /// The attempts whose outcome is not what `expected` says.
  func surprises(
    _ attempts: [LabAttempt], expected: (LabAttempt) -> Bool
  ) throws -> [LabAttempt] {
    zip(attempts, try run(attempts)).filter { $0.1 != expected($0.0) }.map(\.0)
  }
}
