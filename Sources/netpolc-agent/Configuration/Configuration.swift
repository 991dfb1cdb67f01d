import ArgumentParser
import Diagnostics
import Host

/// All that an agent is told: by its command line, which counts more than the environment, which
/// counts more than a file.
struct Configuration: Sendable {
  /// One an option that is set.
  let settings: [Setting]
  /// The file that was read; nil for none.
  let file: String?
  /// Without the program's name.
  let commandLine: [String]

  static let fileVariable = "NETPOLC_CONFIG"
  private static let defaultFile = "/etc/netpolc/agent.yaml"

  /// - Parameter commandLine: without the program's name.
  init(_ commandLine: [String]) throws {
    self.commandLine = commandLine
    guard Configuration.isForAgent(commandLine) else {
      (settings, file) = ([], nil)
      return
    }
    let named = Configuration.namedFile(commandLine)
    file = named ?? (exists(Configuration.defaultFile) ? Configuration.defaultFile : nil)
    let given = Setting.read(arguments: commandLine)
    let sources = [
      given, try Setting.read(environment: environmentVariables()),
      try file.map { try Setting.read(file: $0) } ?? [],
    ]
    var settings: [Setting] = []
    for source in sources {
      let known = Set(settings.map(\.option.name))
      settings += source.filter { !known.contains($0.option.name) }
    }
    self.settings = settings
  }

  /// Whether it starts an agent, rather than another command or a help text, which no file may stand
  /// in the way of.
  private static func isForAgent(_ commandLine: [String]) -> Bool {
    let others = AgentCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    if let first = commandLine.first, (others + ["help"]).contains(first) { return false }
    let asked = ["-h", "--help", "--version", "--experimental-dump-help"]
    return !commandLine.contains { option in
      asked.contains(option) || option.hasPrefix("--generate-completion-script")
    }
  }

  /// What `--config` or the environment names.
  private static func namedFile(_ commandLine: [String]) -> String? {
    for (index, argument) in commandLine.enumerated() {
      if argument == "--config" { return commandLine.dropFirst(index + 1).first }
      if argument.hasPrefix("--config=") { return String(argument.dropFirst(9)) }
    }
    return environment(fileVariable)
  }

  /// For ArgumentParser: what others set, then the command line as it is.
  var arguments: [String] {
    settings.filter { !$0.isOfCommandLine }.flatMap(\.arguments) + commandLine
  }

  /// The agent that is asked for.
  /// - Throws: with the place of a setting that cannot be taken.
  func command() throws -> any ParsableCommand {
    do {
      return try AgentCommand.parseAsRoot(arguments)
    } catch {
      let reason = AgentCommand.message(for: error)
      for setting in settings where !setting.isOfCommandLine {
        do {
          _ = try AgentCommand.parseAsRoot(setting.arguments)
        } catch let alone where AgentCommand.message(for: alone) == reason {
          throw SettingFailure(setting.origin, reason)
        } catch {
          // It needs another one beside it.
        }
      }
      throw error
    }
  }

  /// All options with their values, as a file that says the same.
  var text: String {
    KnownOption.all.map { option in
      let setting = settings.filter { $0.option.name == option.name }
      if let first = setting.first {
        return line(option, setting.flatMap(\.values), "\(first.origin)")
      }
      if option.isFlag { return line(option, ["false"], "default") }
      return option.defaultValue.map { line(option, [$0], "default") } ?? "# \(option.name):\n"
    }.joined()
  }

  private func line(_ option: KnownOption, _ values: [String], _ origin: String) -> String {
    let scalars = values.map { isPlain($0) ? $0 : JSON.string($0).line }
    let value = option.isRepeating ? "[\(scalars.joined(separator: ", "))]" : scalars.last ?? ""
    return "\(option.name): \(value)  # \(origin)\n"
  }

  /// Whether YAML reads it as the same text without quotes.
  private func isPlain(_ value: String) -> Bool {
    guard let first = value.first, let last = value.last,
      first.isLetter || first.isNumber || first == "/",
      last != ":"
    else { return false }
    return value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "./_:-".contains($0)) }
  }

  /// Options that are set otherwise than in another configuration.
  func differences(from other: Configuration) -> [String] {
    KnownOption.all.map(\.name).filter { name in
      func values(_ settings: [Setting]) -> [String] {
        settings.filter { $0.option.name == name }.flatMap(\.values)
      }
      return values(settings) != values(other.settings)
    }
  }
}
