import Diagnostics
import Manifests

/// What an agent knows of one policy, for a screen.
struct PolicyReport {
  private let answer: ManifestValue
  let json: JSON

  init(answer: ManifestValue) throws {
    self.answer = answer
    json = try JSON(answer)
  }

  var isInForce: Bool { answer["inForce"]?.boolean ?? false }

  var lines: [String] {
    guard answer["known"]?.boolean ?? false else {
      return ["policy     \(name) is not known to the agent"]
    }
    return ["policy     \(name) \(state)", "\(isAudited ? "audits    " : "isolates  ") \(effect)"]
      + counts("allowed", "allowed   ") + counts("wouldDeny", "would deny")
  }

  private var name: String { answer["policy"]?.text ?? "" }

  private var state: String {
    if let problem = answer["problem"], problem.kind == .string {
      return "isolates its pods and allows nothing: \(problem.text)"
    }
    let audit = isAudited ? ", audited: it denies nothing" : ""
    return (isInForce ? "is in force" : "is on its way to the kernel") + audit
  }

  private var effect: String {
    let directions = answer["directions"]?.items.map(\.text).joined(separator: " and ") ?? ""
    let pods = answer["pods"]?.items.map(\.text) ?? []
    if pods.isEmpty { return "\(directions) of no pod of this node" }
    return "\(directions) of \(pods.joined(separator: ", "))"
  }

  private var isAudited: Bool { answer["audited"]?.boolean ?? false }

  private func counts(_ member: StaticString, _ words: String) -> [String] {
    guard let counts = answer[member] else { return [] }
    return counts.items.map { count in
      "\(words) \(count["direction"]?.text ?? ""): \(counted(count["packets"]?.integer ?? 0, "packet")), "
        + "\(count["bytes"]?.integer ?? 0) bytes of new connections"
    }
  }
}
