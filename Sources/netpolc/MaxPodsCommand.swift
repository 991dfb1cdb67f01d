import ArgumentParser
import Capacity
import Diagnostics

struct MaxPodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "max-pods",
    abstract: "Say how many pods an EC2 instance type has addresses for.",
    discussion: """
      With the AWS VPC CNI each pod has an address of an elastic network interface (ENI), so that the \
      instance type limits pods: ENIs × (addresses − 1) + 2, the 2 being aws-node and kube-proxy on \
      the host's network. EKS recommends at most 110 pods up to 30 vCPUs, and 250 above.

      EXAMPLES
        netpolc max-pods m5.large
        netpolc max-pods m5.large --prefix-delegation --vcpus 2
        netpolc max-pods c5.4xlarge --custom-networking -o json
      """)

  @OptionGroup var instance: InstanceOptions

  @Option(
    help: ArgumentHelp("How many vCPUs the type has, for what is recommended.", valueName: "number")
  )
  var vcpus: Int?

  @Option(name: .shortAndLong, help: ArgumentHelp("How to print it.", valueName: "format"))
  var output = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  func validate() throws {
    if let vcpus, vcpus < 1 { throw ValidationError("--vcpus needs a number from 1") }
  }

  func run() throws {
    let pods = MaxPods(
      try instance.type(), prefixDelegation: instance.prefixDelegation,
      customNetworking: instance.customNetworking, maxInterfaces: instance.maxEni)
    try Console.result(output == .json ? json(pods).text : text(pods))
  }

  private func text(_ pods: MaxPods) -> String {
    let type = pods.type
    let cards = type.networkCards > 1 ? ", of the first of \(type.networkCards) network cards" : ""
    let share =
      pods.interfaces == type.interfaces
      ? "" : " (\(pods.interfaces) of \(type.interfaces) used)"
    let prefixes = pods.hasPrefixDelegation ? ", as prefixes of 16" : ""
    return """
      \(type.name)   \(type.platform.rawValue)
      ENIs          \(type.interfaces)\(share)\(cards)
      addresses     \(type.addressesPerInterface) an ENI, its own among them
      for pods      \(pods.podAddresses), \(pods.addressesPerInterface) an ENI\(prefixes)
      max pods      \(pods.maxPods), with aws-node and kube-proxy on the host's network
      recommended   \(recommended(pods))

      """
  }

  private func recommended(_ pods: MaxPods) -> String {
    if let vcpus { return "\(pods.recommended(vcpus: vcpus))" }
    let (few, many) = (pods.recommended(vcpus: 1), pods.recommended(vcpus: 31))
    return few == many ? "\(few)" : "\(few) up to 30 vCPUs, \(many) above (--vcpus decides)"
  }

  private func json(_ pods: MaxPods) -> JSON {
    [
      "schema": "netpolc.max-pods/v1",
      "instanceType": .string(pods.type.name),
      "platform": .string(pods.type.platform.rawValue),
      "enis": .integer(pods.type.interfaces),
      "enisForPods": .integer(pods.interfaces),
      "addressesPerEni": .integer(pods.type.addressesPerInterface),
      "networkCards": .integer(pods.type.networkCards),
      "prefixDelegation": .bool(pods.hasPrefixDelegation),
      "podAddresses": .integer(pods.podAddresses),
      "maxPods": .integer(pods.maxPods),
      // Without --vcpus it is not known.
      "recommended": vcpus.map { .integer(pods.recommended(vcpus: $0)) } ?? .null,
    ]
  }
}
