import Diagnostics
import Host
import NetSets
import Netfilter
import PolicyModel

extension DenyRecord {
  /// A line for people, without a newline:
  /// `09:31:02.114  shop/report-1 (10.244.1.40:51812) -> 203.0.113.9:443 TCP   egress denied by
  /// shop/default-deny policies/deny.yaml:7`.
  package func text(hasColour: Bool = false) -> String {
    let more = suppressed == 0 ? "" : "   (\(suppressed) more before it)"
    return "\(time.localTimeOfDay)  \(source.text) -> \(destination.text) \(kind)   "
      + (hasColour ? "\u{1b}[\(isAudited ? 33 : 31)m\(why)\u{1b}[0m" : why) + more
  }

  /// What was sent.
  var kind: String {
    let type = header.icmpType.map { " type \($0)" } ?? ""
    let fragment = header.isLaterFragment ? " fragment" : ""
    return header.layer4.logName + type + fragment
  }

  private var why: String {
    why { "\($0.reference.qualifiedName) \($0.location.fileAndLine)" }
  }

  /// Who denied it.
  func why(naming name: (IsolatingPolicy) -> String) -> String {
    guard let direction else {
      let place = inInterface.map { ", from \($0)" } ?? ""
      return "denied: no known pod has one of the addresses\(place)"
    }
    let denied = "\(direction.rawValue) \(isAudited ? "would be denied" : "denied")"
    if policies.isEmpty { return "\(denied) by a policy that is not known" }
    return "\(denied) by \(policies.map(name).joined(separator: ", "))"
  }
}

extension DenyRecord.End {
  var text: String { text(port: port) }

  /// The same for all ports, as for a client, which has another each time.
  var textWithoutPort: String { text(port: nil) }

  private func text(port: UInt16?) -> String {
    let place =
      switch (port, address.family) {
      case (nil, _): "\(address)"
      case (let port?, .ipv4): "\(address):\(port)"
      case (let port?, .ipv6): "[\(address)]:\(port)"
      }
    switch owner {
    case .pod(let reference, _): return "\(reference.qualifiedName) (\(place))"
    case .node(let name): return "node \(name) (\(place))"
    case nil: return place
    }
  }
}
