import CNI
import Diagnostics
import Doctor
import NetSets

/// What was found, for people: a line a check, with why it matters and what mends it below.
struct DoctorText {
  private let examination: Examination
  private let hasColour: Bool
  private static let width = 100

  init(_ examination: Examination, hasColour: Bool) {
    self.examination = examination
    self.hasColour = hasColour
  }

  var text: String {
    var lines: [String] = []
    for group in Check.Group.allCases {
      lines.append(group.rawValue)
      for result in examination.results where result.check.group == group {
        lines += self.lines(result)
        if result.check.name == "cni" { lines += networkLines }
      }
      lines.append("")
    }
    return (lines + [verdict]).joined(separator: "\n") + "\n"
  }

  private func lines(_ result: Examination.Result) -> [String] {
    var lines: [String] = []
    switch result.outcome {
    case .fine(let detail): lines += line(.fine, result.check.name, detail)
    case .notAsked(let why): lines += line(.notAsked, result.check.name, why)
    case .found, .partly, .unknown: break
    }
    for finding in result.findings {
      lines += line(Mark(finding.level), result.check.name, "\(finding.what) [\(finding.code)]")
      lines += paragraph(finding.why, first: "why  ", indent: Self.detail)
      lines += paragraph(finding.fix.words, first: "fix  ", indent: Self.detail)
      lines += finding.fix.commands.map {
        String(repeating: " ", count: Self.detail + 5) + "$ \($0.text)"
      }
    }
    if let why = result.unknown { lines += line(.unknown, result.check.name, why) }
    return lines
  }

  /// How the profile attaches pods, in a few words.
  private var networkLines: [String] {
    guard let profile = examination.node.profile, profile.traits.refusal == nil else { return [] }
    let traits = profile.traits
    let traffic =
      switch traits.podTraffic {
      case .forwarded: "pods of this node reach each other through the forward hook"
      case .bridged: "a bridge switches packets between pods of this node"
      case .bypassing: "netfilter does not see packets between pods"
      }
    let interfaces = traits.podInterfaces.map { "\($0)*" }.joined(separator: ", ")
    var words = [traffic + (interfaces.isEmpty ? "" : "; their links are \(interfaces)")]
    if let tunnel = examination.tunnelInUse {
      words.append(
        "other nodes are behind \(tunnel.device)"
          + (tunnel.addresses.isEmpty
            ? ""
            : ", where this one is \(tunnel.addresses.map(\.description).joined(separator: ", "))")
      )
    }
    if examination.node.network.masquerades(profile) == true {
      words.append("the network gives what leaves for elsewhere the node's address")
    }
    return words.flatMap { paragraph($0, first: "", indent: Self.detail) }
  }

  private static let nameColumn = 18
  private static let detail = 10 + nameColumn

  private func line(_ mark: Mark, _ name: String, _ text: String) -> [String] {
    let padding = String(repeating: " ", count: max(1, Self.nameColumn - name.count))
    var lines = paragraph(text, first: "\(name)\(padding)", indent: 10)
    let word = mark.word + String(repeating: " ", count: 8 - mark.word.count)
    lines[0] = "  \(coloured(mark, word))\(lines[0].dropFirst(10))"
    return lines
  }

  /// Words in lines of at most `width`, the first after `first`, the others below its end.
  private func paragraph(_ text: String, first: String, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    let rest = String(repeating: " ", count: first.count)
    var lines: [String] = []
    var line = margin + first
    var isEmpty = true
    for word in printable(text).split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > Self.width {
        lines.append(line)
        line = margin + rest
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }

  /// Names of chains and comments of rules are anybody's: nothing of them may steer the terminal.
  private func printable(_ text: String) -> String {
    String(
      text.unicodeScalars.map {
        $0.properties.generalCategory == .control ? "?" : Character($0)
      })
  }

  private var verdict: String {
    let counts = NodeFinding.Level.allCases.compactMap { level -> String? in
      let count = examination.findings.count { $0.level == level }
      return count > 0 ? counted(count, level.rawValue) : nil
    }
    let unknown = examination.results.count { $0.unknown != nil }
    let all = counts + (unknown > 0 ? ["\(unknown) unknown"] : [])
    let tail = all.isEmpty ? "" : " (\(all.joined(separator: ", ")))"
    return switch examination.verdict {
    case .holds: coloured(.fine, "Policy would hold on this node") + tail
    case .fails: coloured(.error, "Policy would not hold on this node") + tail
    case .unknown: coloured(.unknown, "Cannot tell whether policy would hold on this node") + tail
    }
  }

  private enum Mark {
    case fine
    case notAsked
    case error
    case warning
    case note
    case unknown

    init(_ level: NodeFinding.Level) {
      self =
        switch level {
        case .error: .error
        case .warning: .warning
        case .note: .note
        }
    }

    var word: String {
      switch self {
      case .fine: "ok"
      case .notAsked: "-"
      case .error: "error"
      case .warning: "warning"
      case .note: "note"
      case .unknown: "unknown"
      }
    }
  }

  private func coloured(_ mark: Mark, _ text: String) -> String {
    guard hasColour else { return text }
    let colour: Int
    switch mark {
    case .fine: colour = 32
    case .notAsked: return text
    case .error: colour = 31
    case .warning, .unknown: colour = 33
    case .note: colour = 36
    }
    return "\u{1b}[\(colour)m\(text)\u{1b}[0m"
  }
}

extension Examination {
  /// The tunnel device that is there, and this node's addresses on it where they follow from the
  /// range of its pods.
  var tunnelInUse: (device: String, addresses: [IPAddress])? {
    guard let tunnels = node.profile?.traits.tunnels,
      let tunnel = tunnels.first(where: { node.link($0.device) != nil })
    else { return nil }
    switch tunnel.address {
    case .firstOfPodSubnet: return (tunnel.device, node.podSubnets.map(\.base))
    case .onDevice: return (tunnel.device, [])
    }
  }
}
