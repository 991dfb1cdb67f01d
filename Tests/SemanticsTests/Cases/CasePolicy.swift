/// A policy of a generated case, in plain words of the Kubernetes API. The text that is compiled
/// and the answers of `CaseReference` both come from this, by ways that share nothing else.
struct CasePolicy: Sendable {
  var name = "base"
  var namespace = "x"
  var subject = CaseSelector(labels: ["pod": "a"])
  /// nil leaves the direction out of `policyTypes`.
  var ingress: [CaseRule]?
  var egress: [CaseRule]?
}

struct CaseRule: Sendable {
  var peers: [CasePeer] = []
  var ports: [CasePort] = []
}

enum CasePeer: Sendable {
  case pods(CaseSelector?, namespaces: CaseSelector?)
  case block(CaseCIDR, except: [CaseCIDR] = [])
}

/// An IPv4 prefix.
struct CaseCIDR: Sendable {
  let address: String
  let length: Int

  init(_ address: String, _ length: Int) {
    self.address = address
    self.length = length
  }
}

struct CaseSelector: Sendable {
  var labels: [String: String] = [:]
  /// Values by key, of operator In.
  var anyOf: [String: [String]] = [:]
  /// Values by key, of operator NotIn.
  var noneOf: [String: [String]] = [:]
}

struct CasePort: Sendable {
  var transport: String?
  var number: Int?
  var name: String?
  var end: Int?
}

extension CasePort: CustomStringConvertible {
  /// `TCP serve-80-tcp`, `UDP 53-80`, `(TCP) 80` where the protocol is left out.
  var description: String {
    let range = [number, end].compactMap { $0.map(String.init) }.joined(separator: "-")
    let port = name ?? range
    return "\(transport ?? "(TCP)")\(port.isEmpty ? "" : " \(port)")"
  }
}
