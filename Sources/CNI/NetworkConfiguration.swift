import Diagnostics
import Kubernetes
import NetSets

/// A network as the container runtime is told of it: a file of `/etc/cni/net.d`
/// (containernetworking/cni, SPEC.md, "Network configuration format").
package struct NetworkConfiguration: Sendable {
  /// The file's path as the user sees it.
  package let path: String
  package let name: String
  /// Absent means 0.1.0 (libcni).
  package let version: CNIVersion
  /// In the order in which they are called; at least one.
  package let plugins: [Plugin]

  package init(path: String, name: String, version: CNIVersion, plugins: [Plugin]) {
    self.path = path
    self.name = name
    self.version = version
    self.plugins = plugins
  }

  /// The runtime's order: by file name, whatever the ending (containerd/go-cni and cri-o/ocicni,
  /// `loadFromConfDir`).
  package static func isConfiguration(_ name: String) -> Bool {
    [".conf", ".conflist", ".json"].contains { name.hasSuffix($0) }
  }

  package struct Plugin: Sendable {
    package let type: String
    /// Of the `bridge` plugin, or of what flannel hands on to it; of `azure-vnet` in mode `bridge`.
    package let bridge: BridgeSettings?
    /// `ipMasq` of the `bridge` and `ptp` plugins.
    package let masquerades: Bool
    /// Where that stands, or the plugin that does not say it.
    package let masqueradeLocation: SourceLocation
    /// The pools of the `host-local` address management.
    package let subnets: [NamedPrefix]
  }

  package struct BridgeSettings: Sendable, Hashable {
    /// The plugin's default is `cni0`.
    package let device: String
    /// `portIsolation`: pods' ports of the bridge do not reach each other.
    package let isolatesPorts: Bool

    package init(device: String, isolatesPorts: Bool) {
      self.device = device
      self.isolatesPorts = isolatesPorts
    }
  }

  package var bridges: [BridgeSettings] { plugins.compactMap(\.bridge) }
  package var subnets: [IPPrefix] { plugins.flatMap(\.subnets).map(\.prefix) }
}

/// `cniVersion`, compared number by number.
package struct CNIVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  private let numbers: [Int]

  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...3).contains(parts.count), parts.allSatisfy({ $0.map { $0 >= 0 } ?? false })
    else { return nil }
    let numbers = parts.compactMap { $0 }
    self.numbers = numbers + Array(repeating: 0, count: 3 - numbers.count)
  }

  private init(numbers: [Int]) { self.numbers = numbers }

  package static let first = CNIVersion(numbers: [0, 1, 0])
  /// From here on there is CHECK, and DEL is told the result of ADD (libcni, `api.go`).
  package static let withCheck = CNIVersion(numbers: [0, 4, 0])

  package static func < (left: CNIVersion, right: CNIVersion) -> Bool {
    left.numbers.lexicographicallyPrecedes(right.numbers)
  }

  package var description: String { numbers.map { "\($0)" }.joined(separator: ".") }
}
