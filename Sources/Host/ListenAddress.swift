/// Where a server listens.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
  /// An empty host is every address of the machine.
  case port(host: String, Int)
  case unix(String)

  /// `127.0.0.1:10268`, `[::1]:10268`, `:10267`, `unix:/run/netpolc/health.sock`
  package init?(_ text: String) {
    if text.hasPrefix("unix:"), text.count > 5 {
      self = .unix(String(text.dropFirst(5)))
      return
    }
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    let host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    if host.contains(":"), !isBracketed { return nil }
    self = .port(host: String(isBracketed ? host.dropFirst().dropLast() : host), Int(port))
  }

  package var description: String {
    switch self {
    case .port(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
