import Host
import Manifests
import TestSupport
import Testing

/// The options of a built program, as it tells them to tools.
struct ProgramOptions {
  /// With the values that are taken, where these are few.
  private let options: [String: Set<String>]
  private let defaults: [String: String]

  /// - Parameter command: a path of a program, perhaps with a subcommand.
  init(of command: [String]) throws {
    let isAgent = command[0].hasSuffix("-agent")
    let program = isAgent ? Program.agentPath : Program.path
    let help = try runProcess([program, "--experimental-dump-help"]).output
    var found = try #require(parse(json: help).at("command"))
    if !isAgent {
      let name = command.dropFirst().first
      let subcommand = found["subcommands"]?.items.first { $0["commandName"]?.text == name }
      found = try #require(subcommand, "\(command) is no command")
    }
    var options: [String: Set<String>] = [:]
    var defaults: [String: String] = [:]
    for argument in try #require(found["arguments"]).items {
      for name in argument["names"]?.items.compactMap({ $0["name"]?.text }) ?? [] {
        options["--\(name)"] = Set(argument["allValues"]?.texts ?? [])
        defaults["--\(name)"] = argument["defaultValue"]?.text
      }
    }
    self.options = options
    self.defaults = defaults
  }

  func defaultValue(of option: String) -> String? { defaults[option] }

  /// Checks that there are these options, and that they take what they are given.
  func check(_ arguments: [String], in file: String) {
    for (index, argument) in arguments.enumerated() where argument.hasPrefix("--") {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard let values = options[parts[0]] else {
        Issue.record("\(file): there is no \(parts[0])")
        continue
      }
      let value = parts.count > 1 ? parts[1] : arguments.dropFirst(index + 1).first
      if !values.isEmpty {
        #expect(values.contains(value ?? ""), "\(file): \(argument) \(value ?? "")")
      }
    }
  }
}
