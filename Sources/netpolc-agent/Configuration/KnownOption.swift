import ArgumentParser
import Diagnostics
import Manifests

/// An option that a file or the environment may set.
struct KnownOption {
  /// Without its dashes.
  let name: String
  /// Whether it takes no value.
  let isFlag: Bool
  let isRepeating: Bool
  /// nil when it has none.
  let defaultValue: String?

  /// All that there are, as ArgumentParser describes them.
  static let all: [KnownOption] = {
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "help.json", bytes: Array(AgentCommand._dumpHelp().utf8))
    let command = parseJSON(file, &diagnostics).first?["command"]
    return (command?["arguments"]?.items.compactMap { KnownOption($0) } ?? [])
      .filter { !notSet.contains($0.name) }
  }()

  /// Options that ask for something else than an agent, or say where the others are.
  private static let notSet: Set = ["help", "version", "config", "print-config"]

  private init?(_ argument: ManifestValue) {
    guard let name = argument["preferredName"]?["name"]?.text else { return nil }
    self.name = name
    isFlag = argument["kind"]?.textEquals("flag") ?? false
    isRepeating = argument["isRepeating"]?.boolean ?? false
    defaultValue = argument["defaultValue"]?.text
  }

  /// `NETPOLC_NODE_NAME`
  var environmentName: String {
    "NETPOLC_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  static func named(_ name: String) -> KnownOption? { all.first { $0.name == name } }
}
