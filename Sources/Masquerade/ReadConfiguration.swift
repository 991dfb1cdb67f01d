import CNI
import Diagnostics
import Kubernetes
import Manifests
import NetSets

/// Files of one translator to what they say together.
/// - Returns: nil when there are errors.
package func readMasqueradeConfiguration(
  _ files: [ManifestFile], _ diagnostics: inout Diagnostics
) -> MasqueradeConfiguration? {
  var found: MasqueradeConfiguration?
  for file in files {
    let place = SourceLocation(file: file.path, line: 1, column: 1)
    let before = diagnostics.errorCount
    let parts = readFile(file, &diagnostics)
    if parts.isEmpty, diagnostics.errorCount == before {
      diagnostics.error(
        .unknownConfiguration, "this file configures nothing", at: place)
    }
    for part in parts {
      guard let joined = join(found, part, at: place, &diagnostics) else { return nil }
      found = joined
    }
  }
  if case .ipMasqAgent(let agent) = found { agent.checkFamilies(&diagnostics) }
  return diagnostics.hasErrors ? nil : found
}

/// Flannel's two files say different things of one network, ip-masq-agent's are its settings and how
/// it is started; others stand alone.
private func join(
  _ first: MasqueradeConfiguration?, _ second: MasqueradeConfiguration, at place: SourceLocation,
  _ diagnostics: inout Diagnostics
) -> MasqueradeConfiguration? {
  switch (first, second) {
  case (nil, _): return second
  case (.flannel(let one), .flannel(let other)): return .flannel(one.joined(with: other))
  case (.ipMasqAgent(let one), .ipMasqAgent(let other)):
    return one.joined(with: other, at: place, &diagnostics).map { .ipMasqAgent($0) }
  case (let first?, _):
    diagnostics.error(
      .conflictingConfiguration,
      "this is \(second.profile.rawValue)'s, and another file is \(first.profile.rawValue)'s",
      at: place, hint: "give the files of the one that translates on the node")
    return nil
  }
}

private func readFile(
  _ file: ManifestFile, _ diagnostics: inout Diagnostics
) -> [MasqueradeConfiguration] {
  if NamedSettings.looksLikeOne(file) {
    return [readEnvironment(NamedSettings(file, &diagnostics), &diagnostics)]
      .compactMap(\.self)
  }
  var found: [MasqueradeConfiguration] = []
  for document in parseManifest(file, &diagnostics) {
    found += readDocument(Field(document, path: .root), at: nil, &diagnostics)
  }
  return found
}

private func readEnvironment(
  _ file: NamedSettings, _ diagnostics: inout Diagnostics
) -> MasqueradeConfiguration? {
  if file.entries.contains(where: { $0.key.hasPrefix("FLANNEL_") }) {
    return FlannelSubnet(file, &diagnostics).map { .flannel(FlannelNetwork($0)) }
  }
  if file.isAWS { return AWSSettings(file, &diagnostics).map { .awsVPC($0) } }
  if file[KindMasqAgent.key] != nil {
    return KindMasqAgent(file, &diagnostics).map { .kindMasqAgent($0) }
  }
  diagnostics.error(
    .unknownConfiguration,
    "no setting here is Flannel's (FLANNEL_…), the AWS VPC CNI's (AWS_VPC_…) or kind's (POD_SUBNET)",
    at: file.start)
  return nil
}

/// - Parameter place: where an inner document stands as a text in an outer one.
func readDocument(
  _ root: Field, at place: SourceLocation?, _ diagnostics: inout Diagnostics
) -> [MasqueradeConfiguration] {
  let reading: MasqueradeConfiguration?
  let location = place ?? root.location
  if root["kind"]?.value.textEquals("List") ?? false {
    return (root["items"]?.items(&diagnostics) ?? []).flatMap {
      readDocument($0, at: place, &diagnostics)
    }
  } else if root["kind"]?.value.textEquals("ConfigMap") ?? false, let data = root["data"] {
    return readConfigMap(data, &diagnostics)
  } else if root["kind"]?.value.textEquals("DaemonSet") ?? false {
    reading = readDaemonSet(root, &diagnostics)
  } else if root["plugins"] != nil || root["cniVersion"] != nil {
    reading = readNetwork(root, &diagnostics)
  } else if root["Network"] != nil || root["IPv6Network"] != nil {
    reading = FlannelNetwork(root, at: location, &diagnostics).map { .flannel($0) }
  } else if IPMasqAgent.isOne(root) {
    reading = IPMasqAgent(root, at: location, &diagnostics).map { .ipMasqAgent($0) }
  } else if Antrea.isOne(root) {
    reading = Antrea(root, at: location, &diagnostics).map { .antrea($0) }
  } else if CiliumSettings.isOne(root) {
    reading = CiliumSettings(root, &diagnostics).map { .cilium($0) }
  } else {
    diagnostics.error(
      .unknownConfiguration, "this configures no translator that netpolc knows",
      at: location,
      hint: "it knows Flannel's net-conf.json and subnet.env, configurations of ip-masq-agent and "
        + "Antrea, cilium-config, DaemonSets of ip-masq-agent, aws-node and kindnet, and CNI "
        + "configurations of bridge and ptp")
    return []
  }
  return [reading].compactMap(\.self)
}

private func readNetwork(
  _ root: Field, _ diagnostics: inout Diagnostics
) -> MasqueradeConfiguration? {
  guard
    let network = NetworkConfiguration(root, isList: root["plugins"] != nil, &diagnostics)
  else { return nil }
  if let bridge = BridgeNetwork(network) { return .bridge(bridge) }
  root.error(
    .unknownConfiguration, "no plugin of this configuration is bridge or ptp", &diagnostics)
  return nil
}

extension NamedSettings {
  var isAWS: Bool { entries.contains { $0.key.hasPrefix("AWS_VPC_") } }
}
