import NIOHTTP1

/// A request as the server saw it.
package struct Request: Sendable {
  package let plural: String
  package let query: [String: String]
  package let token: String?
  /// Whether a client certificate came with the connection.
  package let hasCertificate: Bool
  package let userAgent: String
  package let host: String

  init(_ head: HTTPRequestHead, hasCertificate: Bool) {
    let parts = head.uri.split(separator: "?", maxSplits: 1)
    plural = parts.first?.split(separator: "/").last.map { String($0) } ?? ""
    var query: [String: String] = [:]
    for field in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let pair = field.split(separator: "=", maxSplits: 1).map { percentDecoded($0) }
      query[pair[0]] = pair.count > 1 ? pair[1] : ""
    }
    self.query = query
    token = head.headers.first(name: "Authorization").map { String($0.dropFirst("Bearer ".count)) }
    userAgent = head.headers.first(name: "User-Agent") ?? ""
    host = head.headers.first(name: "Host") ?? ""
    self.hasCertificate = hasCertificate
  }

  package var verb: Verb {
    if query["watch"] != "true" { return .list }
    return query["sendInitialEvents"] == "true" ? .stream : .watch
  }
}

private func percentDecoded(_ text: Substring) -> String {
  var bytes: [UInt8] = []
  var rest = text.utf8[...]
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "%"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
      bytes.append(value)
      rest = rest.dropFirst(2)
    } else {
      bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
