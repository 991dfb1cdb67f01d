import Backends
import Diagnostics
import Host
import NetSets
import Netfilter
import PolicyModel

extension DenyRecord {
  /// An object of `netpolc.deny/v1`, to be printed on one line.
  package var json: JSON {
    [
      "schema": "netpolc.deny/v1",
      "time": .string(time.rfc3339),
      "verdict": isAudited ? "would-deny" : "deny",
      "direction": direction.map { .string($0.rawValue) } ?? .null,
      "from": source.json,
      "to": destination.json,
      "protocol": .string(header.layer4.logName),
      "icmpType": header.icmpType.map { .integer(Int($0)) } ?? .null,
      "length": .integer(header.length),
      "inInterface": inInterface.map { .string($0) } ?? .null,
      "outInterface": outInterface.map { .string($0) } ?? .null,
      "isolatedBy": .array(
        policies.map {
          ["policy": .string($0.reference.qualifiedName), "source": $0.location.json]
        }),
      "suppressed": .integer(suppressed),
    ]
  }

  /// nil where it is not isolation that denies.
  package var direction: Direction? {
    switch reason {
    case .isolated(let direction), .audited(let direction): direction
    case .unknownPod: nil
    }
  }

  /// Whether it passed, since the policies are only tried.
  package var isAudited: Bool {
    switch reason {
    case .audited: true
    case .isolated, .unknownPod: false
    }
  }
}

extension DenyRecord.End {
  fileprivate var json: JSON {
    var (pod, workload, node): (JSON, JSON, JSON) = (.null, .null, .null)
    switch owner {
    case .pod(let reference, let root):
      pod = .string(reference.qualifiedName)
      workload = .string(root.description)
    case .node(let name): node = .string(name)
    case nil: break
    }
    return [
      "address": .string(address.description),
      "port": port.map { .integer(Int($0)) } ?? .null,
      "pod": pod, "workload": workload, "node": node,
    ]
  }
}

extension IPProtocol {
  /// As Kubernetes and RFCs write it; a number where neither has a word that everybody knows.
  package var logName: String {
    switch self {
    case .icmp: "ICMP"
    case .icmpv6: "ICMPv6"
    default: Transport(rawValue: number)?.kubernetesName ?? String(number)
    }
  }
}
