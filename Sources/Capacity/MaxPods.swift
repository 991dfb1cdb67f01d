/// How many pods of an instance type get an address from the AWS VPC CNI.
package struct MaxPods: Hashable, Sendable {
  package let type: InstanceType
  /// Interfaces whose addresses are pods': `MAX_ENI` limits them, and with custom networking the
  /// primary one has none.
  package let interfaces: Int
  /// With prefix delegation each secondary address is a prefix of 16.
  package let addressesPerInterface: Int
  package let hasPrefixDelegation: Bool

  /// Pods on the host's network that EKS counts besides: aws-node and kube-proxy.
  package static let onHostNetwork = 2
  private static let prefixSize = 16

  package init(
    _ type: InstanceType, prefixDelegation: Bool = false, customNetworking: Bool = false,
    maxInterfaces: Int? = nil
  ) {
    self.type = type
    hasPrefixDelegation = prefixDelegation
    let attached = min(maxInterfaces ?? .max, type.interfaces)
    interfaces = max(0, attached - (customNetworking ? 1 : 0))
    let secondary = type.addressesPerInterface - 1
    addressesPerInterface = secondary * (prefixDelegation ? MaxPods.prefixSize : 1)
  }

  package var podAddresses: Int { interfaces * addressesPerInterface }

  /// `ENIs × (addresses − 1) + 2`, as EKS computes it (`misc/eni-max-pods.txt`).
  package var maxPods: Int { podAddresses + MaxPods.onHostNetwork }

  /// What EKS recommends at most, whatever there are addresses for: a kubelet does not keep up with
  /// more (`max-pods-calculator.sh`).
  package static func ceiling(vcpus: Int) -> Int { vcpus > 30 ? 250 : 110 }

  package func recommended(vcpus: Int) -> Int { min(maxPods, MaxPods.ceiling(vcpus: vcpus)) }
}
