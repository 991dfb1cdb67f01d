import Doctor

/// The commands that mend what was found, as a shell script to be read before it is run.
struct FixScript {
  private let examination: Examination
  private let namespace: String?

  /// - Parameter namespace: what `--netns` says.
  init(_ examination: Examination, namespace: String?) {
    self.examination = examination
    self.namespace = namespace
  }

  var text: String {
    var lines = [
      "#!/bin/sh", "# What mends this node, by netpolc doctor. Read it before you run it.",
    ]
    let findings = examination.findings
    if findings.isEmpty { lines.append("# Nothing was found that needs mending.") }
    lines.append("set -e")
    var seen: Set<String> = []
    for finding in findings {
      lines += ["", "# \(finding.code) (\(finding.level.rawValue)): \(comment(finding.what))"]
      let commands = finding.fix.commands.compactMap(command)
      let isByHand = commands.isEmpty
      lines.append("# \(isByHand ? "By hand: " : "")\(comment(finding.fix.words))")
      // Findings of both families may need the same.
      lines += commands.filter { seen.insert($0).inserted }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Nil for what only matters to the machine's own namespace.
  private func command(_ command: Fix.Command) -> String? {
    guard let namespace else { return command.text }
    switch command.place {
    case .machine: return command.text
    case .start: return nil
    case .namespace:
      let enter =
        namespace.contains("/")
        ? "nsenter --net=\(shellWord(namespace))" : "ip netns exec \(shellWord(namespace))"
      return "\(enter) \(command.text)"
    }
  }

  /// A line break in the name of anything must not end the comment.
  private func comment(_ text: String) -> String {
    String(
      text.unicodeScalars.map {
        $0.properties.generalCategory == .control ? "?" : Character($0)
      })
  }
}
