import Glibc
import Host
import NetSets
import TestSupport

extension MasqueradeLab {
  /// Debian's containernetworking-plugins.
  static let plugins = "/usr/lib/cni"

  static var hasPlugins: Bool {
    ["bridge", "ptp", "host-local"].allSatisfy { access("\(plugins)/\($0)", X_OK) == 0 }
  }

  /// The configuration of a network of the first node's pods, as a file.
  func network(_ plugin: String) throws -> String {
    try write(
      "10-\(plugin).conflist",
      """
      {"cniVersion": "0.4.0", "name": "pods", "plugins": [
      \(part(plugin))
      ]}

      """)
  }

  private func part(_ plugin: String) -> String {
    """
    {"type": "\(plugin)", "bridge": "cni0", "isGateway": true, "ipMasq": true,
     "ipam": {"type": "host-local", "dataDir": "\(directory)/ipam",
      "ranges": [[{"subnet": "10.244.1.0/24"}], [{"subnet": "fd00:244:1::/64"}]],
      "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]}}
    """
  }

  /// Adds the pods of the first node to it as a runtime does: each plugin is handed its part of the
  /// list, with the list's name and version.
  /// - Returns: what the plugin answers of each pod.
  @discardableResult
  func attach(by plugin: String) throws -> [String] {
    let request = "{\"cniVersion\": \"0.4.0\", \"name\": \"pods\", \(part(plugin).dropFirst())"
    return try [TwoNodes.Host.podA, .podB].map { pod in
      try nodes.run(["ip", "link", "set", "dev", "lo", "up"], on: pod)
      return try nodes.run(
        [
          "env", "CNI_COMMAND=ADD", "CNI_CONTAINERID=\(pod.rawValue)", "CNI_IFNAME=eth0",
          "CNI_NETNS=\(nodes.namespace(of: pod).path)", "CNI_PATH=\(Self.plugins)",
          "\(Self.plugins)/\(plugin)",
        ], on: .node1, input: request)
    }
  }
}
