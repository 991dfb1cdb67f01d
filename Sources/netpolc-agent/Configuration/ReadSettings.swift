import Diagnostics
import Glibc
import Host
import Manifests

extension Setting {
  /// The settings of a file: a mapping of options' names, without dashes, to values.
  static func read(file path: String) throws -> [Setting] {
    var diagnostics = Diagnostics()
    let bytes: [UInt8]
    do {
      bytes = try readFile(path)
    } catch {
      throw SettingFailure("\(error)")
    }
    let documents = parseManifest(ManifestFile(path: path, bytes: bytes), &diagnostics)
    if let problem = diagnostics.sorted.first { throw SettingFailure(problem.reason) }
    guard let document = documents.first else { return [] }
    guard documents.count == 1, document.kind == .mapping else {
      throw SettingFailure(
        .file(document.location), "expected one mapping of options to values")
    }
    return try document.members.map { member in
      let (name, value) = (member.key, member.value)
      let origin = Origin.file(value.location)
      guard let option = KnownOption.named(name) else {
        let near = NearMiss.of(name, in: KnownOption.all.map(\.name))
        throw SettingFailure(
          origin, "there is no option \(name)" + (near.map { "; perhaps \($0)" } ?? ""))
      }
      return Setting(option: option, values: try values(value, of: option), origin: origin)
    }
  }

  private static func values(_ value: ManifestValue, of option: KnownOption) throws -> [String] {
    switch value.kind {
    case .null, .mapping:
      throw SettingFailure(.file(value.location), "\(option.name) needs a value")
    case .sequence:
      guard option.isRepeating else {
        throw SettingFailure(.file(value.location), "\(option.name) has one value, not a list")
      }
      return try value.items.flatMap { try values($0, of: option) }
    case .boolean, .integer, .number, .string:
      return [
        try value.kind == .boolean && option.isFlag
          ? "\(value.boolean == true)" : checked(value.text, option, .file(value.location))
      ]
    }
  }

  /// The settings of the environment: `NETPOLC_` and the option's name in capitals.
  static func read(environment: [(name: String, value: String)]) throws -> [Setting] {
    try environment.compactMap { name, value in
      guard name.hasPrefix("NETPOLC_"), name != Configuration.fileVariable,
        !isServiceLink(name)
      else { return nil }
      let origin = Origin.environment(name)
      guard let option = KnownOption.all.first(where: { $0.environmentName == name }) else {
        let near = NearMiss.of(name, in: KnownOption.all.map(\.environmentName))
        throw SettingFailure(
          origin,
          "no option of netpolc-agent is called so"
            + (near.map { "; perhaps \($0)" } ?? ""))
      }
      let values =
        option.isRepeating
        ? value.split(separator: ",").map(String.init) : [value]
      return Setting(
        option: option, values: try values.map { try checked($0, option, origin) }, origin: origin)
    }
  }

  private static func checked(
    _ text: String, _ option: KnownOption, _ origin: Origin
  ) throws -> String {
    if option.isFlag, text != "true", text != "false" {
      throw SettingFailure(origin, "\(option.name) is true or false")
    }
    return text
  }

  /// What a kubelet tells containers of a Service that is called `netpolc-…` (EnvVars of
  /// `pkg/kubelet/envvars`).
  private static func isServiceLink(_ name: String) -> Bool {
    name.contains("_SERVICE_") || name.hasSuffix("_PORT") || name.contains("_PORT_")
  }

  /// The settings among a program's arguments, for knowing which these are.
  static func read(arguments: [String]) -> [Setting] {
    var settings: [Setting] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else { continue }
      let parts = argument.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let option = parts.first.flatMap({ KnownOption.named(String($0)) }) else { continue }
      let value =
        option.isFlag ? "true" : parts.count > 1 ? String(parts[1]) : rest.popFirst() ?? ""
      settings.append(Setting(option: option, values: [value], origin: .commandLine))
    }
    return settings
  }
}
