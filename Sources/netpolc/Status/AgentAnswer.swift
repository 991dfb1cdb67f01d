import Diagnostics
import Host
import Manifests

/// What an agent says of itself, as `/status.json` answers it.
struct AgentAnswer {
  private let object: ManifestValue
  let json: JSON

  /// Asks an agent.
  /// - Returns: nil when nobody listens there.
  init?(of address: ListenAddress) throws(AgentFailure) {
    guard let object = try AgentAnswer.ask("/status.json", address, "netpolc.agent-status/v1")
    else { return nil }
    self.object = object
    do {
      json = try JSON(object)
    } catch {
      throw AgentFailure(description: "\(error) is none that an agent writes")
    }
  }

  /// - Returns: nil when nobody listens there.
  static func ask(
    _ path: String, _ address: ListenAddress, _ schema: String
  ) throws(AgentFailure) -> ManifestValue? {
    let answer: HTTPAnswer
    do {
      answer = try httpGet(path, at: address)
    } catch {
      switch error {
      case .nobody: return nil
      case .broken: throw AgentFailure(description: "\(error)")
      }
    }
    var diagnostics = Diagnostics()
    let object = parseJSON(
      ManifestFile(path: "\(address)", bytes: answer.body), &diagnostics
    ).first
    guard answer.status == 200, let object, object["schema"]?.text == schema else {
      throw AgentFailure(
        description: "what answers at \(address) is no agent of this version: HTTP status "
          + "\(answer.status)")
    }
    return object
  }

  // MARK: - What it says

  private func text(_ name: StaticString) -> String? {
    object[name].flatMap { $0.kind == .string ? $0.text : nil }
  }
  private func number(_ name: StaticString) -> Int { object[name]?.integer ?? 0 }
  private func flag(_ name: StaticString) -> Bool { object[name]?.boolean ?? false }

  var version: String { text("version") ?? "" }
  var node: String { text("node") ?? "" }
  var networkNamespace: UInt64 { UInt64(number("networkNamespace")) }
  /// Seconds since 1970.
  var started: Int { number("started") }
  var isStale: Bool { flag("stale") }
  var isSynced: Bool { flag("synced") }
  var refusal: String? { text("refusal") }
  /// Seconds since 1970.
  var lastSuccess: Int? { object["lastSuccess"]?.integer }
  var lastSyncMicroseconds: Int? { object["lastSyncMicroseconds"]?.integer }
  var pods: Int { number("pods") }
  var localPods: Int { number("localPods") }
  var isolatedPods: Int { number("isolatedPods") }
  var policies: Int { number("policies") }
  var repairs: Int { number("repairs") }

  /// Policies that only tell what they would deny; nil where nothing counts it.
  var audited: [(policy: String, wouldDeny: Int?)] {
    object["audited"]?.items.map { ($0["policy"]?.text ?? "", $0["wouldDeny"]?.integer) } ?? []
  }

  /// Whether the kernel holds all that the source tells now.
  var isInForce: Bool {
    isSynced && !isStale && refusal == nil
      && number("desiredGeneration") == number("appliedGeneration")
  }

  /// Why objects are not enforced as they are written.
  var problems: [(object: String, reason: String, isQuarantined: Bool)] {
    object["problems"]?.items.map { problem in
      (
        problem["object"]?.text ?? "", problem["reason"]?.text ?? "",
        problem["quarantined"]?.boolean ?? false
      )
    } ?? []
  }

  var sourceProblems: [String] { object["sourceProblems"]?.items.map(\.text) ?? [] }

  var lastRepair: (culprit: String?, time: Int, milliseconds: Int)? {
    guard let repair = object["lastRepair"], let time = repair["time"]?.integer else { return nil }
    return (
      repair["by"].flatMap { $0.kind == .string ? $0.text : nil }, time,
      repair["milliseconds"]?.integer ?? 0
    )
  }
}

/// Why an agent's answer cannot be used.
struct AgentFailure: Error, CustomStringConvertible {
  let description: String
}
