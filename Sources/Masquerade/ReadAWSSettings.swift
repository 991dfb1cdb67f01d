import Diagnostics
import Kubernetes
import Manifests
import NetSets

extension AWSSettings {
  /// Reads the environment of `aws-node`.
  init?(_ file: NamedSettings, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    let settings = file.entries.filter { $0.key.hasPrefix("AWS_VPC_K8S_CNI_") }
    origin = Origin(
      "the AWS VPC CNI",
      settings.first?.location ?? file.start)
    hasExternalNAT = file.boolean("AWS_VPC_K8S_CNI_EXTERNALSNAT", &diagnostics) ?? false
    excluded = file.members("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", &diagnostics)
    let random = file["AWS_VPC_K8S_CNI_RANDOMIZESNAT"]
    switch random?.value ?? "prng" {
    case "prng": choice = .fully
    case "hashrandom": choice = .prng
    case "none": choice = .none
    case let other:
      diagnostics.error(
        .invalidValue,
        "AWS_VPC_K8S_CNI_RANDOMIZESNAT is \(quoted(other)), expected prng, hashrandom or none",
        at: random?.location)
    }
    guard diagnostics.errorCount == before else { return nil }
  }
}
