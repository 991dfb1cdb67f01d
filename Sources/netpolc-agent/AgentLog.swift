import Agent
import Apply
import ArgumentParser
import Denials
import Diagnostics
import Glibc
import Host
import Synchronization

struct LogOptions: ParsableArguments {
  @Option(help: "Say only what is at least as grave.")
  var logLevel = Level.info

  @Option(help: "How lines of the log are written.")
  var logFormat = Format.text

  enum Level: String, ExpressibleByArgument, CaseIterable, Comparable {
    case debug
    case info
    case warning
    case error

    private var order: Int { Level.allCases.firstIndex(of: self) ?? 0 }

    static func < (left: Level, right: Level) -> Bool { left.order < right.order }
  }

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }
}

/// Writes events to standard error, a line each.
final class AgentLog: Sendable {
  private let leastLevel: Mutex<LogOptions.Level>
  private let format: LogOptions.Format

  init(_ level: LogOptions.Level = .info, _ format: LogOptions.Format = .text) {
    leastLevel = Mutex(level)
    self.format = format
  }

  var level: LogOptions.Level {
    get { leastLevel.withLock { $0 } }
    set { leastLevel.withLock { $0 = newValue } }
  }

  func write(_ event: AgentEvent) {
    switch event {
    case .started(let node, let firewall, let rules):
      let about = [("node", JSON.string(node)), ("firewall", .string("\(firewall)"))]
      switch rules {
      case .nothing:
        write(.info, "started; the kernel holds no rules of ours", about)
      case .ours:
        write(.info, "started; the kernel's rules stay until all is known", about)
      }
    case .synced(let pods, let namespaces, let policies):
      write(
        .info, "all objects are known",
        [
          ("pods", .integer(pods)), ("namespaces", .integer(namespaces)),
          ("policies", .integer(policies)),
        ])
    case .ready(let pods):
      write(.info, "the kernel holds what they want", [("localPods", .integer(pods))])
    case .applied(let changes, let steps, let duration):
      write(
        .info, "the kernel took a transaction",
        [
          ("changes", .integer(changes)), ("steps", .integer(steps)),
          ("microseconds", .integer(Int(duration / .microseconds(1)))),
        ])
    case .refused(let reason, let wait):
      write(
        .error, "\(reason); the rules before it stay in force",
        [("retryInMilliseconds", .integer(Int(wait / .milliseconds(1))))])
    case .repaired(let name, let steps):
      write(
        .warning, "somebody else changed our tables; they are as they should be again",
        [("steps", .integer(steps))] + (name.map { [("by", .string($0))] } ?? []))
    case .moved(let others, let firewall):
      write(
        .info, "the rules are in \(firewall) now",
        [("from", .string(others.map(\.description).joined(separator: ", ")))])
    case .cut(let flows):
      write(.info, "ended open connections that are denied now", [("flows", .integer(flows))])
    case .problem(let object, let reason, let isQuarantined):
      let consequence =
        isQuarantined
        ? "its pods are isolated and it allows nothing" : "what was known before it stays"
      write(.error, "\(reason); \(consequence)", [("object", .string(object.description))])
    case .solved(let object):
      write(.info, "can be read again", [("object", .string(object.description))])
    case .source(let problems):
      if problems.isEmpty { write(.info, "the source is well again", []) }
      for problem in problems { write(.warning, problem, []) }
    case .restored(let generation):
      write(
        .warning, "the source tells nothing; what was in force last is in force again",
        [("generation", .integer(generation))])
    // On a stream of its own, so that a log of denials is one.
    case .denied(let record):
      _ = (record.json.line + "\n").withCString { Glibc.write(STDOUT_FILENO, $0, strlen($0)) }
    case .warning(let text): write(.warning, text, [])
    case .stopped(let leaves):
      write(.info, leaves ? "ends; the rules stay" : "ends; the rules are removed", [])
    }
  }

  func listening(_ addresses: [ListenAddress]) {
    for address in addresses {
      write(.info, "answers who asks how it is", [("at", .string(address.description))])
    }
  }

  func fail(_ text: String) { write(.error, text, []) }

  func warn(_ text: String) { write(.warning, text, []) }

  func say(_ text: String) { write(.info, text, []) }

  private func write(
    _ level: LogOptions.Level, _ message: String, _ fields: [(name: String, value: JSON)]
  ) {
    guard level >= self.level else { return }
    let line =
      switch format {
      case .text:
        "\(Timestamp.now().rfc3339) \(level.rawValue) \(message)"
          + fields.map { " \($0.name)=\($0.value.line)" }.joined()
      case .json:
        JSON.object(
          [
            ("time", .string(Timestamp.now().rfc3339)), ("level", .string(level.rawValue)),
            ("message", .string(message)),
          ] + fields
        ).line
      }
    // Nobody who reads it is left when this fails.
    _ = (line + "\n").withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
  }
}
