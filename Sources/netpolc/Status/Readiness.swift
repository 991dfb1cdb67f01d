import Host

/// What an agent's `/readyz` answers.
struct Readiness {
  let isReady: Bool
  /// A line for each check.
  let checks: String

  /// - Returns: nil when nobody listens there.
  init?(of address: ListenAddress) throws(AgentFailure) {
    let answer: HTTPAnswer
    do {
      answer = try httpGet("/readyz?verbose", at: address)
    } catch {
      switch error {
      case .nobody: return nil
      case .broken: throw AgentFailure(description: "\(error)")
      }
    }
    guard [200, 503].contains(answer.status) else {
      throw AgentFailure(
        description: "what answers at \(address) is no agent: HTTP status \(answer.status)")
    }
    isReady = answer.status == 200
    let text = String(decoding: answer.body, as: UTF8.self)
    checks = text.hasSuffix("\n") ? text : text + "\n"
  }
}
