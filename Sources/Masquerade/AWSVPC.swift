import NetSets

/// Settings of the AWS VPC CNI, environment variables of `aws-node`.
package struct AWSVPC: Hashable, Sendable {
  /// The VPC's CIDRs and `AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS`.
  package var skip: [AddressGroup.Member] = []
  /// `AWS_VPC_K8S_CNI_RANDOMIZESNAT`
  package var choice = Masquerade.Ports.Choice.fully
  /// The node's primary address; nil when something outside of the node translates, so that the node
  /// does not (`AWS_VPC_K8S_CNI_EXTERNALSNAT`).
  package var primary: IPAddress?
  package var origin: Origin
}

extension Masquerade {
  /// As its chain `AWS-SNAT-CHAIN-0` has it (`pkg/networkutils/network.go`): whoever the source is,
  /// and only IPv4. Interfaces named `vlan…` belong to pods with security groups.
  init(_ aws: AWSVPC, pods: AddressGroup) {
    let destinations = AddressGroup("masq-skip", aws.skip)
    self.init(profile: .awsVPC, kept: Kept(pods: pods, destinations: destinations))
    guard let primary = aws.primary else { return }
    add(Rule([.destination(add(destinations), negated: false)], .keep, aws.origin))
    guard let vlan = InterfacePattern("vlan+") else { preconditionFailure("it is a name") }
    addTranslation(
      [.outInterface(vlan, negated: true), .destinationIsLocal(negated: true)],
      ports: Ports(nil, aws.choice), to: [primary], aws.origin)
  }
}
