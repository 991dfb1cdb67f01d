import CNI
import Diagnostics
import Host
import Manifests

/// The files that tell runtimes and plugins of the network.
struct GatheredNetwork {
  private(set) var configurations: [NetworkConfiguration] = []
  private(set) var flannel: FlannelSubnet?
  private(set) var problems: [String] = []

  /// The runtimes' default, and that of K3s and RKE2.
  private static let directories = [
    "/etc/cni/net.d", "/var/lib/rancher/k3s/agent/etc/cni/net.d",
  ]
  private static let subnetFile = "/run/flannel/subnet.env"

  init(_ files: RootedFiles) {
    for directory in Self.directories where configurations.isEmpty {
      do {
        for name in try files.names(directory) ?? []
        where NetworkConfiguration.isConfiguration(name) {
          let read = read("\(directory)/\(name)", files) { NetworkConfiguration($0, &$1) }
          if let read { configurations.append(read) }
        }
      } catch {
        problems.append("\(error)")
      }
    }
    flannel = read(Self.subnetFile, files) { FlannelSubnet($0, &$1) }
  }

  /// A file, if it is there.
  private mutating func read<Value>(
    _ path: String, _ files: RootedFiles, _ body: (ManifestFile, inout Diagnostics) -> Value?
  ) -> Value? {
    var diagnostics = Diagnostics()
    do {
      guard let bytes = try files.bytes(path) else { return nil }
      let value = body(ManifestFile(path: path, bytes: bytes), &diagnostics)
      problems += diagnostics.sorted.map(\.headline)
      return value
    } catch {
      problems.append("\(error)")
      return nil
    }
  }
}
