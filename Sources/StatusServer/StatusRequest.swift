/// What is asked of an agent.
package struct StatusRequest: Hashable, Sendable {
  /// `/status.json`
  package let path: String
  /// What follows `?`; nothing in it that this server knows needs percent-encoding.
  package let query: [String: String]

  init(uri: String) {
    let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    var query: [String: String] = [:]
    for item in parts.dropFirst().joined().split(separator: "&") {
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
    }
    self.query = query
  }
}
