import Diagnostics

/// What somebody set an option to.
struct Setting {
  let option: KnownOption
  /// One, unless the option may be repeated; of a flag `true` or `false`.
  let values: [String]
  let origin: Origin

  enum Origin: CustomStringConvertible {
    case commandLine
    case environment(String)
    case file(SourceLocation)

    var description: String {
      switch self {
      case .commandLine: "the command line"
      case .environment(let name): "$\(name)"
      case .file(let location): "\(location)"
      }
    }
  }

  var isOfCommandLine: Bool {
    switch origin {
    case .commandLine: true
    case .environment, .file: false
    }
  }

  /// As on a command line.
  var arguments: [String] {
    if option.isFlag { return values == ["true"] ? ["--\(option.name)"] : [] }
    return values.map { "--\(option.name)=\($0)" }
  }
}

/// Why a setting cannot be taken.
struct SettingFailure: Error, CustomStringConvertible {
  let description: String

  init(_ origin: Setting.Origin, _ reason: String) { description = "\(origin): error: \(reason)" }

  init(_ description: String) { self.description = description }
}
