import ArgumentParser

/// What `compile -o` prints: `nft=FILE`, or `DIR/` for the parts of a script.
struct OutputFormat: ExpressibleByArgument {
  enum Kind: String, CaseIterable {
    case nft
    case iptables
    case graph
    case graphJSON = "graph-json"
  }

  let kind: Kind
  let file: String?

  init(kind: Kind, file: String?) {
    self.kind = kind
    self.file = file
  }

  init?(argument: String) {
    // Only the iptables script has parts.
    if argument.hasSuffix("/"), !argument.contains("=") {
      self.init(kind: .iptables, file: argument)
      return
    }
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard let name = parts.first, let kind = Kind(rawValue: String(name)) else { return nil }
    if argument.contains("="), parts.count < 2 { return nil }
    self.init(kind: kind, file: parts.count > 1 ? String(parts[1]) : nil)
  }

  /// Where the parts of a script go: `iptables=DIR/`, or `DIR/` alone.
  var directory: String? {
    guard kind == .iptables, let file, file.hasSuffix("/") else { return nil }
    return file
  }

  static var allValueStrings: [String] { Kind.allCases.map(\.rawValue) }
}
