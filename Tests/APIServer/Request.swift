import NIOHTTP1

/// A request as the server saw it.
package struct Request: Sendable {
  package let verb: Verb
  package let plural: String
  /// Of the object that is written; empty for lists.
  let namespace: String
  let name: String
  package let query: [String: String]
  package let token: String?
  /// Whether a client certificate came with the connection.
  package let hasCertificate: Bool
  package let userAgent: String
  package let host: String
  let contentType: String
  package let body: String

  init(_ head: HTTPRequestHead, body: String, hasCertificate: Bool) {
    let parts = head.uri.split(separator: "?", maxSplits: 1)
    let steps = (parts.first ?? "").split(separator: "/").map { percentDecoded($0) }
    // `/api/v1/…` or `/apis/GROUP/VERSION/…`.
    var place = steps.dropFirst(steps.first == "api" ? 2 : 3)
    namespace = place.count > 2 && place.first == "namespaces" ? place.dropFirst().first ?? "" : ""
    if !namespace.isEmpty { place = place.dropFirst(2) }
    plural = place.first ?? ""
    name = place.dropFirst().first ?? ""
    var query: [String: String] = [:]
    for field in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let pair = field.split(separator: "=", maxSplits: 1).map { percentDecoded($0) }
      query[pair[0]] = pair.count > 1 ? pair[1] : ""
    }
    self.query = query
    token = head.headers.first(name: "Authorization").map { String($0.dropFirst("Bearer ".count)) }
    userAgent = head.headers.first(name: "User-Agent") ?? ""
    host = head.headers.first(name: "Host") ?? ""
    contentType = head.headers.first(name: "Content-Type") ?? ""
    self.body = body
    self.hasCertificate = hasCertificate
    verb =
      switch head.method {
      case .POST: .create
      case .PATCH: .patch
      default:
        if query["watch"] != "true" {
          .list
        } else {
          query["sendInitialEvents"] == "true" ? .stream : .watch
        }
      }
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
