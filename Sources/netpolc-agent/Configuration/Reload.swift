import ArgumentParser
import Host
import Synchronization

/// Looks at the configuration again while an agent works.
final class Reload: Sendable {
  private struct State {
    var configuration: Configuration
    var version: FileVersion?
  }

  private let state: Mutex<State>
  private let log: AgentLog

  /// What a loop takes anew; the rest is for the next start.
  private static let taken: Set = [
    "log-level", "deny-log", "deny-log-rate", "nflog-group", "policy-metrics",
  ]

  init(_ configuration: Configuration, _ log: AgentLog) {
    state = Mutex(
      State(
        configuration: configuration,
        version: configuration.file.flatMap { try? FileVersion(of: $0) }))
    self.log = log
  }

  /// The agent that is asked for now; nil when that is the same as before.
  /// - Parameter isTold: whether to look whatever state the file is in.
  func command(isTold: Bool) -> AgentCommand? {
    state.withLock { state in
      let version = state.configuration.file.flatMap { try? FileVersion(of: $0) }
      // A file that is away for a moment is about to be another.
      guard isTold || (version != nil && version != state.version) else { return nil }
      state.version = version
      do {
        let new = try Configuration(state.configuration.commandLine)
        guard let command = try new.command() as? AgentCommand else { return nil }
        let changed = new.differences(from: state.configuration)
        state.configuration = new
        say(changed, isTold)
        log.level = command.log.logLevel
        return command
      } catch {
        log.warn("the configuration stays as it was: \(AgentCommand.message(for: error))")
        return nil
      }
    }
  }

  private func say(_ changed: [String], _ isTold: Bool) {
    let (now, later) = (
      changed.filter(Self.taken.contains), changed.filter { !Self.taken.contains($0) }
    )
    if !now.isEmpty { log.say("takes anew: \(now.joined(separator: ", "))") }
    if !later.isEmpty {
      log.warn("changed, and taken at the next start: \(later.joined(separator: ", "))")
    }
    if changed.isEmpty, isTold { log.say("the configuration is the same") }
  }
}
