import Diagnostics
import Host

/// What an agent says, for a screen.
struct AgentReport {
  let answer: AgentAnswer
  /// Seconds since 1970.
  let now: Int

  var lines: [String] {
    [
      "agent      \(answer.version) for node \(answer.node), up \(span(now - answer.started))",
      "enforcing  \(state)",
    ] + policies + pods + drift + answer.sourceProblems.map { "source     \($0)" }
  }

  private var state: String {
    if let refusal = answer.refusal { return "what was known before: \(refusal)" }
    if answer.isStale {
      return "rules of an earlier time: not all objects have come since the agent began"
    }
    if !answer.isSynced { return "nothing of its own yet: not all objects have come" }
    if !answer.isInForce { return "what was known a moment ago; a change is on its way" }
    let last = answer.lastSuccess.map { ", last change \(span(now - $0)) ago" } ?? ""
    let cost = answer.lastSyncMicroseconds.map {
      " (\(Duration.microseconds($0).milliseconds) ms)"
    }
    return "all that is known\(last)\(cost ?? "")"
  }

  private var policies: [String] {
    let problems = answer.problems
    let closed = problems.count(where: \.isQuarantined)
    let note = closed == 0 ? "" : ", \(closed) of them closed, since they cannot be read"
    return ["policies   \(answer.policies)\(audited)\(note)"]
      + problems.map { "           \($0.object): \($0.reason)" }
  }

  /// `, 1 of them audited (shop/db-tighten: 14 packets would be denied)`
  private var audited: String {
    let policies = answer.audited.map { policy, packets in
      packets.map { "\(policy): \(counted($0, "packet")) would be denied" } ?? policy
    }
    if policies.isEmpty { return "" }
    return ", \(policies.count) of them audited (\(policies.joined(separator: ", ")))"
  }

  private var pods: [String] {
    ["pods       \(answer.isolatedPods) isolated of \(answer.localPods) here, \(answer.pods) known"]
  }

  private var drift: [String] {
    guard let last = answer.lastRepair else {
      return ["drift      none since the agent began"]
    }
    let culprit = last.culprit.map { "`\($0)`" } ?? "another process"
    let count = answer.repairs == 1 ? "" : ", one of \(answer.repairs)"
    return [
      "drift      none since \(span(now - last.time)) ago, when \(culprit) changed our tables: "
        + "put right in \(last.milliseconds) ms\(count)"
    ]
  }

  /// The largest unit alone, as kubectl tells ages.
  private func span(_ seconds: Int) -> String {
    switch max(0, seconds) {
    case ..<120: "\(max(0, seconds)) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) d"
    }
  }
}
