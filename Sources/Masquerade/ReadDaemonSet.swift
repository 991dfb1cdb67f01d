import Diagnostics
import Kubernetes
import Manifests

/// The program of a DaemonSet's containers that translates, by how it is started.
func readDaemonSet(
  _ root: Field, _ diagnostics: inout Diagnostics
) -> MasqueradeConfiguration? {
  let pod = root["spec"]?["template"]?["spec"]
  for container in pod?["containers"]?.items(&diagnostics) ?? [] {
    let settings = NamedSettings(of: container)
    if settings.isAWS || container["name"]?.value.text == "aws-node" {
      return AWSSettings(settings, &diagnostics).map { .awsVPC($0) }
    }
    if settings[KindMasqAgent.key] != nil {
      return KindMasqAgent(settings, &diagnostics).map { .kindMasqAgent($0) }
    }
    let program = container.program
    if program.contains("kindnet") { return Kindnet(settings, &diagnostics).map { .kindnet($0) } }
    for build in [IPMasqAgent.Build.second, .original] where program.contains(build.rawValue) {
      return IPMasqAgent(settings, build, &diagnostics).map { .ipMasqAgent($0) }
    }
  }
  root.error(
    .unknownConfiguration,
    "no container of this DaemonSet is aws-node, kindnet's or ip-masq-agent's", &diagnostics)
  return nil
}

extension Field {
  /// What a container runs, in words: its image, and its command where it says one.
  fileprivate var program: String {
    let command = self["command"].flatMap { Array($0.value.items).first?.text } ?? ""
    return "\(self["image"]?.value.text ?? "") \(command)"
  }
}
