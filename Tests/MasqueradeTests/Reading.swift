import Diagnostics
import Kubernetes
import Manifests
import NetSets

@testable import Masquerade

/// Reads files, each a path and a text.
/// - Returns: what they say together, and the first lines of what is said of them.
func read(_ texts: (String, String)...) -> (MasqueradeConfiguration?, [String]) {
  var diagnostics = Diagnostics()
  let files = texts.map { ManifestFile(path: $0.0, bytes: Array($0.1.utf8)) }
  let found = readMasqueradeConfiguration(files, &diagnostics)
  return (found, diagnostics.sorted.map(\.headline))
}

/// Each member's prefix and where it stands.
func ranges(_ group: AddressGroup) -> [String] {
  group.members.map { member in
    let place = member.origin.location.map { " \($0.fileAndLine)" } ?? ""
    return "\(member.range.prefix?.description ?? "?")\(place)"
  }
}

func parse(_ text: String) -> IPAddress {
  guard let address = IPAddress(text) else { preconditionFailure("\(text) is no address") }
  return address
}

func prefix(_ text: String) -> IPPrefix {
  guard let written = WrittenPrefix(text) else { preconditionFailure("\(text) is no prefix") }
  return written.prefix
}

struct Unexpected: Error {}

enum DaemonSets {
  /// Of one container with an image and flags.
  static func text(_ image: String, _ flags: String..., env: String = "[]") -> String {
    let flags = flags.map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: x}
      spec:
        template:
          spec:
            containers:
            - name: x
              image: \(image)
              args: [\(flags)]
              env: \(env)

      """
  }
}
