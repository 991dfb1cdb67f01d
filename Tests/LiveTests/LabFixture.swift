import NetSets
import TestSupport

/// Hosts around a node.
struct LabFixture {
  let hosts: [LabHost]
  let nodeAddresses: [IPAddress]

  init(hosts: [LabHost], nodeAddresses: [IPAddress]) {
    self.hosts = hosts
    self.nodeAddresses = nodeAddresses
  }

  /// Three pods and a host outside, dual stack.
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

extension LabFixture {
  /// Attempts at a service in front of beta: port 80, which it has, and 81, which it has not.
  static func serviceAttempts() throws -> [LabAttempt] {
    let services = try [
      (parse("10.96.0.10"), parse("10.244.1.2")), (parse("fd00:96::10"), parse("fd00:244::1:2")),
    ]
    return services.flatMap { service, pod in
      ["alpha", "gamma", "outside"].flatMap { from in
        Transport.allCases.flatMap { transport in
          [UInt16(80), 81].map {
            LabAttempt(
              transport, from: from, to: service, port: $0, receivers: [LabReceiver(pod, 8080)])
          }
        }
      }
    }
  }

  /// The rules of that service.
  static let service = """
    table ip lab {
      chain prerouting {
        type nat hook prerouting priority dstnat; policy accept;
        ip daddr 10.96.0.10 meta l4proto { tcp, udp, sctp } th dport 80 dnat to 10.244.1.2:8080
      }
    }
    table ip6 lab {
      chain prerouting {
        type nat hook prerouting priority dstnat; policy accept;
        ip6 daddr fd00:96::10 meta l4proto { tcp, udp, sctp } th dport 80 \
    dnat to [fd00:244::1:2]:8080
      }
    }
    """
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
