import Diagnostics

/// SARIF 2.1.0 (OASIS), as GitHub code scanning reads it.
///
/// Code scanning rejects a result without a physical location. A finding without one, or in
/// standard input, is given the report's subject as its file, from line 1; what it is about is
/// then in its logical location, which every finding with an object has.
extension FindingReport {
  /// GitHub shows this many results, the worst first, and takes files of 10 MB when compressed,
  /// which these are far below.
  private static let resultLimit = 5000

  package var sarif: JSON {
    let shown = Array(findings.worstFirst.prefix(FindingReport.resultLimit))
    let positions = Dictionary(rules.enumerated().map { ($1.id, $0) }) { first, _ in first }
    var invocation: [(String, JSON)] = [("executionSuccessful", .bool(true))]
    if findings.count > shown.count {
      let message =
        "\(findings.count - shown.count) of \(findings.count) results were left out, the least "
        + "severe: code scanning shows \(FindingReport.resultLimit)"
      invocation.append(
        ("toolExecutionNotifications", [["level": "warning", "message": text(message)]]))
    }
    return [
      "$schema":
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        [
          "tool": [
            "driver": [
              "name": .string(tool.name),
              "version": .string(tool.version),
              "semanticVersion": .string(tool.version),
              "rules": .array(rules.map { rule($0) }),
            ]
          ],
          "invocations": [.object(invocation)],
          // As `SourceLocation` counts.
          "columnKind": "unicodeCodePoints",
          "results": .array(shown.map { result($0, rule: positions[$0.rule]) }),
        ]
      ],
    ]
  }

  private func rule(_ rule: FindingRule) -> JSON {
    [
      "id": .string(rule.id),
      "name": .string(rule.name),
      "shortDescription": text(rule.summary),
      "fullDescription": text(rule.summary),
      "help": ["text": .string(rule.help), "markdown": .string(rule.help)],
      "defaultConfiguration": ["level": .string(rule.level.rawValue)],
    ]
  }

  private func result(_ finding: Finding, rule: Int?) -> JSON {
    var members: [(String, JSON)] = [("ruleId", .string(finding.rule))]
    if let rule { members.append(("ruleIndex", .integer(rule))) }
    members += [
      ("level", .string(finding.level.rawValue)),
      ("message", text(finding.messageWithHint)),
      ("locations", [location(of: finding)]),
      ("partialFingerprints", ["netpolc/v1": .string(finding.fingerprint)]),
    ]
    if let reason = finding.suppression {
      members.append(
        ("suppressions", [["kind": "inSource", "justification": .string(reason)]]))
    }
    return .object(members)
  }

  private func location(of finding: Finding) -> JSON {
    let path = ReportPath(finding.location)
    let place = path == nil ? nil : finding.location
    var members: [(String, JSON)] = [
      (
        "physicalLocation",
        [
          "artifactLocation": artifact(path ?? ReportPath(subject)),
          "region": [
            "startLine": .integer(place?.line ?? 1), "startColumn": .integer(place?.column ?? 1),
          ],
        ]
      )
    ]
    if let object = finding.object {
      members.append(
        ("logicalLocations", [["fullyQualifiedName": .string(object), "kind": "resource"]]))
    }
    return .object(members)
  }

  private func artifact(_ path: ReportPath) -> JSON {
    if path.isAbsolute { return ["uri": .string(path.uri)] }
    return ["uri": .string(path.uri), "uriBaseId": "%SRCROOT%"]
  }

  private func text(_ text: String) -> JSON { ["text": .string(text)] }
}
