import Analysis
import Diagnostics
import Kubernetes
import Lint
import Manifests
import NetSets
import Reports

/// What the linter says about the lines that a review names: the mistakes that open and close
/// connections most often.
struct Suspicions {
  private let byPlace: [SourceLocation: [Finding]]
  private let withoutDNS: [Finding]

  /// - Parameter files: of the newer version.
  init(about files: [ManifestFile], _ audit: AuditAnnotation) {
    let found = lint(LintInput(files, audit: audit), .slips).findings.map(\.finding).filter {
      $0.suppression == nil && $0.rule.hasPrefix("NPC0")
    }
    withoutDNS = found.filter { $0.rule == "NPC005" }
    byPlace = Dictionary(grouping: found.filter { $0.location != nil && $0.rule != "NPC005" }) {
      $0.location ?? SourceLocation(file: "", line: 0, column: 0)
    }
  }

  /// The causes of a change, with what is suspicious about their lines.
  func causes(of change: ConnectionChange) -> [ChangeCause] {
    let causes = change.causes.flatMap { cause -> [ChangeCause] in
      guard !cause.isInBase, let place = cause.location else { return [cause] }
      return (byPlace[place] ?? []).reduce([cause]) { causes, finding in
        // That the address is reachable is what the change itself says.
        finding.rule == "NPC011"
          ? [ChangeCause("\(cause.text) [NPC011]", at: place, policy: cause.policy)]
            + causes.dropFirst()
          : causes + [
            ChangeCause("\(sentence(finding)) [\(finding.rule)]", at: place, policy: cause.policy)
          ]
      }
    }
    return causes + lostDNS(change)
  }

  private func lostDNS(_ change: ConnectionChange) -> [ChangeCause] {
    guard change.kind == .lost, case .workload(let unit) = change.from,
      change.traffic.udp.contains(53)
    else { return [] }
    return withoutDNS.filter { $0.message.contains(unit.name) }.prefix(1).map { _ in
      ChangeCause(
        "no other policy lets \(unit.reference.qualifiedName) resolve names [NPC005]",
        at: nil)
    }
  }

  /// Without the object's name, which is beside it already.
  private func sentence(_ finding: Finding) -> String {
    let parts = finding.message.split(separator: ": ", maxSplits: 1)
    let text = parts.count > 1 ? String(parts[1]) : finding.message
    return finding.hint.map { "\(text); \($0)" } ?? text
  }
}
