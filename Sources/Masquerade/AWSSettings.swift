import Kubernetes
import NetSets

/// As the environment of `aws-node` says it; the rest comes from elsewhere.
package struct AWSSettings: Hashable, Sendable {
  var hasExternalNAT = false
  var excluded: [AddressGroup.Member] = []
  var choice = Masquerade.Ports.Choice.fully
  var origin: Origin

  func masquerade(_ context: MasqueradeContext) throws(MissingFact) -> Masquerade {
    let own = context.to + (context.node?.addresses ?? [])
    guard hasExternalNAT || !context.skip.isEmpty else {
      throw MissingFact(
        description: "nothing says which addresses are the VPC's; give each of its CIDRs as "
          + "--masq-skip")
    }
    let primary = own.first { $0.family == .ipv4 }
    guard hasExternalNAT || primary != nil else {
      throw MissingFact(
        description: "nothing says which is the node's primary address; give --masq-to, or --node "
          + "with a Node object that has addresses")
    }
    let aws = AWSVPC(
      skip: context.skipped + excluded, choice: choice, primary: hasExternalNAT ? nil : primary,
      origin: origin)
    return Masquerade(aws, pods: AddressGroup("masq-from", context.pods))
  }
}
