import Diagnostics
import Kubernetes
import Manifests
import NetSets

/// What flannel tells its plugin of this node: `/run/flannel/subnet.env` (flannel-io/flannel,
/// `WriteSubnetFile`).
package struct FlannelSubnet: Sendable, Hashable {
  /// All pods of the cluster.
  package let networks: [IPPrefix]
  /// Those of this node.
  package let subnets: [IPPrefix]
  /// Whether flannel translates addresses itself, so that its plugin does not.
  package let masquerades: Bool

  package init(networks: [IPPrefix], subnets: [IPPrefix], masquerades: Bool) {
    self.networks = networks
    self.subnets = subnets
    self.masquerades = masquerades
  }

  /// Reads `NAME=value` lines. Nil when it does not say the node's subnet, or something else than
  /// flannel would write.
  package init?(_ file: ManifestFile, _ diagnostics: inout Diagnostics) {
    var networks: [IPPrefix] = []
    var subnets: [IPPrefix] = []
    var masquerades = false
    var isGood = true
    func error(_ line: Int, _ message: String) {
      isGood = false
      diagnostics.error(
        .invalidValue, message, at: SourceLocation(file: file.path, line: line, column: 1))
    }
    let text = String(decoding: file.bytes, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      guard let equals = line.firstIndex(of: "=") else {
        error(index + 1, "expected NAME=value")
        continue
      }
      let value = line[line.index(after: equals)...]
      switch line[..<equals] {
      // Several networks are separated by commas.
      case "FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK", "FLANNEL_SUBNET", "FLANNEL_IPV6_SUBNET":
        for part in value.split(separator: ",") {
          guard let spelling = WrittenPrefix(part) else {
            error(index + 1, "\(line[..<equals]) is not a CIDR")
            continue
          }
          if line[..<equals].hasSuffix("_NETWORK") {
            networks.append(spelling.prefix)
          } else {
            subnets.append(spelling.prefix)
          }
        }
      case "FLANNEL_IPMASQ":
        guard ["true", "false"].contains(value) else {
          error(index + 1, "FLANNEL_IPMASQ is neither true nor false")
          continue
        }
        masquerades = value == "true"
      default: break
      }
    }
    if isGood, subnets.isEmpty { error(1, "FLANNEL_SUBNET is missing") }
    if !isGood { return nil }
    self.init(networks: networks, subnets: subnets, masquerades: masquerades)
  }
}
