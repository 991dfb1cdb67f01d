import Diagnostics
import PolicyModel
import Reports

/// Why rules are not asked: a finding must be true, and some cannot be known to be.
extension LintContext {
  func obstacle(to rule: LintRule, _ reader: ReaderIssues) -> String? {
    switch rule.needs {
    case .text: nil
    case .objects: reader.hasErrors ? "the input has errors" : nil
    case .namespaces:
      if reader.hasErrors {
        "the input has errors"
      } else {
        knowsNamespaceLabels ? nil : "the input has no Namespace"
      }
    case .pods: obstacleToPods(reader)
    case .everyPolicy:
      obstacleToPods(reader)
        ?? (reader.refused.isEmpty
          ? nil : "\(counted(reader.refused.count, "policy", "policies")) could not be read")
    }
  }

  private func obstacleToPods(_ reader: ReaderIssues) -> String? {
    if reader.hasErrors { return "the input has errors" }
    return graph.endpoints.isEmpty ? "the input has no pod and no workload" : nil
  }

  /// `NPC005 and NPC014 were not checked: 1 policy could not be read`.
  func notChecked(_ rules: [LintRule], _ reader: ReaderIssues) -> [String] {
    var byObstacle: [(why: String, ids: [String])] = []
    for rule in rules {
      guard let why = obstacle(to: rule, reader) else { continue }
      if let index = byObstacle.firstIndex(where: { $0.why == why }) {
        byObstacle[index].ids.append(rule.about.id)
      } else {
        byObstacle.append((why, [rule.about.id]))
      }
    }
    return byObstacle.map { why, ids in
      let verb = ids.count == 1 ? "was" : "were"
      return "\(list(ids, shown: ids.count)) \(verb) not checked: \(why)"
    }
  }
}
