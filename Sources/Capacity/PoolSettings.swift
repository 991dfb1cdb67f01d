/// What decides how many addresses the AWS VPC CNI's daemon, ipamd, keeps on a node. Names and
/// defaults are of `amazon-vpc-cni-k8s`: `pkg/ipamd/ipamd.go`, and for `WARM_PREFIX_TARGET`, which
/// the program itself has as 0, the Helm chart's (`charts/aws-vpc-cni/values.yaml`).
package struct PoolSettings: Hashable, Sendable {
  /// `WARM_ENI_TARGET`: interfaces' worth of free addresses.
  package var warmInterfaces = 1
  /// `WARM_PREFIX_TARGET`: free prefixes.
  package var warmPrefixes = 1
  /// `WARM_IP_TARGET`: free addresses; 0 is not set.
  package var warmAddresses = 0
  /// `MINIMUM_IP_TARGET`: addresses, free or not; 0 is not set.
  package var minimumAddresses = 0
  /// `ENABLE_PREFIX_DELEGATION`: blocks are prefixes of 16 addresses.
  package var hasPrefixDelegation = false
  /// `AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG`: the primary interface has no block.
  package var hasCustomNetworking = false
  /// The instance's, or `MAX_ENI` if that is less; the primary one among them.
  package var interfaces: Int
  /// Secondary addresses, or prefixes in their place, that an interface takes.
  package var blocksPerInterface: Int
  /// The kubelet's: a pool of so many addresses does not grow. Nil is no limit.
  package var maxPods: Int?

  package init(_ type: InstanceType, maxInterfaces: Int? = nil) {
    interfaces = min(maxInterfaces ?? .max, type.interfaces)
    blocksPerInterface = type.addressesPerInterface - 1
  }

  /// Addresses of a prefix (`GetPrefixDelegationDefaults`), or the one that a secondary address is.
  package var blockSize: Int { hasPrefixDelegation ? 16 : 1 }

  package var addressesPerInterface: Int { blocksPerInterface * blockSize }

  package var interfacesForPods: Int { max(0, interfaces - (hasCustomNetworking ? 1 : 0)) }

  /// All addresses that pods can have.
  package var capacity: Int { interfacesForPods * addressesPerInterface }

  /// Whether addresses are counted, so that `WARM_ENI_TARGET` and `WARM_PREFIX_TARGET` do not
  /// decide about them (`warmIPTargetsDefined`).
  package var countsAddresses: Bool { warmAddresses != 0 || minimumAddresses != 0 }
}
