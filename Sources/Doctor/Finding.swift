/// Something that a check found on the node.
package struct NodeFinding: Sendable, Hashable {
  package enum Level: String, Sendable, CaseIterable {
    /// Policy would not hold: what it denies could pass, or rules could not know whom they see.
    case error
    /// Policy holds, but something else may stop what it allows, or undo it later.
    case warning
    case note
  }

  package let level: Level
  /// For scripts; never changes its meaning.
  package let code: String
  /// What is so.
  package let what: String
  /// Why it matters.
  package let why: String
  package let fix: Fix

  package init(_ level: Level, _ code: String, what: String, why: String, fix: Fix) {
    self.level = level
    self.code = code
    self.what = what
    self.why = why
    self.fix = fix
  }
}

/// What mends it.
package struct Fix: Sendable, Hashable {
  /// What to do, in a line.
  package let words: String
  /// Shell commands that do it; none where a person must decide.
  package let commands: [Command]

  package init(_ words: String, _ commands: [Command] = []) {
    self.words = words
    self.commands = commands
  }

  package struct Command: Sendable, Hashable {
    package let text: String
    package let place: Place

    package enum Place: Sendable, Hashable {
      /// Works on the network namespace that is examined.
      case namespace
      /// Works on the machine, whichever namespace it is run in.
      case machine
      /// Has a setting of the machine's own namespace outlive the next start.
      case start
    }

    package static func inNamespace(_ text: String) -> Command {
      Command(text: text, place: .namespace)
    }
    package static func onMachine(_ text: String) -> Command {
      Command(text: text, place: .machine)
    }
    /// - Parameter assignment: such as `net.ipv4.ip_forward=1`.
    package static func atStart(_ assignment: String) -> Command {
      Command(text: "echo '\(assignment)' >>/etc/sysctl.d/90-netpolc.conf", place: .start)
    }
  }
}

/// A word of a shell command.
package func shellWord(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy { byte in
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || "-_./:@%+=,".utf8.contains(byte)
  }
  if isPlain, !text.isEmpty { return text }
  return
    "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
}
