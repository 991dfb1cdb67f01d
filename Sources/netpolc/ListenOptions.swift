import ArgumentParser
import Host

/// The same for every command that listens to a kernel.
struct ListenOptions: ParsableArguments {
  @Option(
    name: [.short, .customLong("filename")], parsing: .singleValue,
    help: ArgumentHelp(
      "Manifests that name pods and policies: a file, a directory, a pattern, or -; repeatable.",
      valueName: "path"), completion: .file())
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "Listen in another network namespace, by its path or its name in ip netns.",
      valueName: "path|name"), completion: .file())
  var netns: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("How to print it.", valueName: "format"))
  var output = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  func namespace() throws -> NetworkNamespace {
    try netns.map { try NetworkNamespace($0) } ?? NetworkNamespace.own()
  }
}
