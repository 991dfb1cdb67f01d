import Diagnostics

/// JUnit's XML, in the elements and attributes that Jenkins, GitLab and GitHub's reporters share.
extension CheckReport {
  package var junit: String {
    let counts =
      "tests=\"\(results.count)\" failures=\"\(count(\.isFailure))\" errors=\"0\" "
      + "skipped=\"\(count(\.isSkipped))\""
    let suite = "name=\"\(XMLText.attribute(name))\" \(counts)"
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites \(suite)>
        <testsuite \(suite)>

      """ + results.map(testCase).joined() + """
          </testsuite>
        </testsuites>

        """
  }

  private func testCase(_ result: CheckResult) -> String {
    var attributes =
      "classname=\"\(XMLText.attribute(name))\" name=\"\(XMLText.attribute(result.name))\""
    switch result.outcome {
    case .passed: return "    <testcase \(attributes)/>\n"
    case .skipped(let reason):
      return """
            <testcase \(attributes)>
              <skipped message="\(XMLText.attribute(reason))"/>
            </testcase>

        """
    case .failed(let findings):
      if let location = findings.lazy.compactMap(\.location).first {
        attributes += " file=\"\(XMLText.attribute(ReportPath(location.file).text))\""
        attributes += " line=\"\(location.line)\""
      }
      // One element: readers look at the first failure of a case only.
      let message = findings.first?.message ?? ""
      let more = findings.count > 1 ? " (and \(findings.count - 1) more)" : ""
      let kind = findings.first?.level.rawValue ?? "error"
      let details = findings.map(details).joined(separator: "\n")
      return """
            <testcase \(attributes)>
              <failure type="\(kind)" message="\(XMLText.attribute(message + more))">\
        \(XMLText.content(details))</failure>
            </testcase>

        """
    }
  }

  private func details(_ finding: Finding) -> String {
    let place = finding.location.map { "\($0): " } ?? ""
    return "\(place)\(finding.messageWithHint) [\(finding.rule)]"
  }
}
