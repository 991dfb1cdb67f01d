import ArgumentParser
import Capacity

/// Which instance type, and how the CNI uses its interfaces.
struct InstanceOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("Such as m5.large.", valueName: "instance-type"))
  var instanceType: String

  @Flag(help: "Each secondary address is a prefix of 16 (ENABLE_PREFIX_DELEGATION).")
  var prefixDelegation = false

  @Flag(help: "The primary ENI has no pods (AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG).")
  var customNetworking = false

  @Option(help: ArgumentHelp("Use at most so many ENIs (MAX_ENI).", valueName: "number"))
  var maxEni: Int?

  func validate() throws {
    if let maxEni, maxEni < 1 { throw ValidationError("--max-eni needs a number from 1") }
  }

  /// The type that the user named, which takes prefixes if it is to have them.
  func type() throws -> InstanceType {
    guard let type = InstanceType.all[instanceType] else {
      let near = InstanceType.near(instanceType)
      let hint = near.isEmpty ? "" : "; there are \(near.joined(separator: ", "))"
      throw Console.fail("no EC2 instance type \(instanceType) is known\(hint)", .badInput)
    }
    if prefixDelegation, !type.platform.takesPrefixes {
      throw Console.fail(
        "\(type.name) takes no prefixes: they need Nitro or bare metal, and it is "
          + type.platform.rawValue, .badInput)
    }
    return type
  }
}
