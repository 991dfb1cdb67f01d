/// Where an API server is: `https://HOST[:PORT][/PATH]`.
package struct ServerAddress: Hashable, Sendable {
  /// A name or an address, without the brackets of IPv6.
  package let host: String
  package let port: Int
  /// What proxies in front of servers have before the API's paths: `/k8s/clusters/c-1`. Without a
  /// slash at the end.
  package let path: String

  init(host: String, port: Int, path: String = "") {
    self.host = host
    self.port = port
    self.path = path
  }

  struct Malformed: Error {
    /// What was expected.
    let message: String
  }

  init(_ text: String) throws(Malformed) {
    guard let scheme = text.firstRange(of: "://") else {
      throw Malformed(message: "expected https://HOST[:PORT]")
    }
    guard text[..<scheme.lowerBound].lowercased() == "https" else {
      throw Malformed(
        message: "expected https://: without TLS, anybody on the way could say what is allowed")
    }
    let rest = text[scheme.upperBound...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let (authority, path) = (rest[..<slash], rest[slash...])
    guard !rest.contains(where: { "?#@ ".contains($0) }) else {
      throw Malformed(message: "expected nothing but a host, a port and a path")
    }
    let host: Substring
    let afterHost: Substring
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else {
        throw Malformed(message: "expected `]` after the IPv6 address")
      }
      host = authority[authority.index(after: authority.startIndex)..<close]
      afterHost = authority[authority.index(after: close)...]
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      (host, afterHost) = (authority[..<colon], authority[colon...])
      guard afterHost.count(where: { $0 == ":" }) < 2 else {
        throw Malformed(message: "expected an IPv6 address in brackets: https://[ADDRESS]:PORT")
      }
    }
    guard !host.isEmpty else { throw Malformed(message: "expected a host") }
    self.host = String(host)
    if afterHost.isEmpty {
      port = 443
    } else {
      guard afterHost.first == ":", let number = UInt16(afterHost.dropFirst()), number > 0 else {
        throw Malformed(message: "expected a port from 1 to 65535")
      }
      port = Int(number)
    }
    var trimmed = path
    while trimmed.last == "/" { trimmed.removeLast() }
    self.path = String(trimmed)
  }

  /// `HOST:PORT`, with an IPv6 address in brackets.
  var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension ServerAddress: CustomStringConvertible {
  package var description: String { "https://\(authority)\(path)" }
}
