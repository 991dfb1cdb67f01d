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
    let before = diagnostics.errorCount
    let parts = readFile(file, &diagnostics)
    if parts.isEmpty, diagnostics.errorCount == before {
      diagnostics.error(
        .unknownConfiguration, "this file configures nothing",
        at: SourceLocation(file: file.path, line: 1, column: 1))
    }
    for part in parts {
      guard let joined = join(found, part) else {
        diagnostics.error(
          .conflictingConfiguration,
          "this is \(part.profile.rawValue)'s, and another file is "
            + "\(found?.profile.rawValue ?? "")'s",
          at: SourceLocation(file: file.path, line: 1, column: 1),
          hint: "give the files of the one that translates on the node")
        return nil
      }
      found = joined
    }
  }
  return diagnostics.hasErrors ? nil : found
}

/// Flannel's two files say different things of one network; others stand alone.
private func join(
  _ first: MasqueradeConfiguration?, _ second: MasqueradeConfiguration
) -> MasqueradeConfiguration? {
  guard let first else { return second }
  guard case .flannel(var one) = first, case .flannel(let other) = second else { return nil }
  for member in other.cluster where !one.cluster.contains(where: { $0.range == member.range }) {
    one.cluster.append(member)
  }
  one.node += other.node
  one.translatesItself = other.translatesItself ?? one.translatesItself
  return .flannel(one)
}

private func readFile(
  _ file: ManifestFile, _ diagnostics: inout Diagnostics
) -> [MasqueradeConfiguration] {
  if EnvironmentFile.looksLikeOne(file) {
    return [readEnvironment(EnvironmentFile(file, &diagnostics), &diagnostics)]
      .compactMap(\.self)
  }
  var found: [MasqueradeConfiguration] = []
  for document in parseManifest(file, &diagnostics) {
    found += readDocument(Field(document, path: .root), at: nil, &diagnostics)
  }
  return found
}

private func readEnvironment(
  _ file: EnvironmentFile, _ diagnostics: inout Diagnostics
) -> MasqueradeConfiguration? {
  if file.entries.contains(where: { $0.key.hasPrefix("FLANNEL_") }) {
    return FlannelNetwork(file, &diagnostics).map { .flannel($0) }
  }
  if file.entries.contains(where: { $0.key.hasPrefix("AWS_VPC_") }) {
    return AWSSettings(file, &diagnostics).map { .awsVPC($0) }
  }
  diagnostics.error(
    .unknownConfiguration,
    "no setting here is Flannel's (FLANNEL_…) or the AWS VPC CNI's (AWS_VPC_…)",
    at: SourceLocation(file: file.path, line: 1, column: 1))
  return nil
}

/// - Parameter place: where an inner document stands as a text in an outer one.
private func readDocument(
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
    let file = EnvironmentFile(containersOf: root)
    reading = AWSSettings(file, &diagnostics).map { .awsVPC($0) }
  } else if root["plugins"] != nil || root["cniVersion"] != nil {
    reading = BridgeNetwork(root, &diagnostics).map { .bridge($0) }
  } else if root["Network"] != nil || root["IPv6Network"] != nil {
    reading = FlannelNetwork(root, at: location, &diagnostics).map { .flannel($0) }
  } else if IPMasqAgent.isOne(root) {
    reading = IPMasqAgent(root, at: location, &diagnostics).map { .ipMasqAgent($0) }
  } else if CiliumSettings.isOne(root) {
    reading = CiliumSettings(root, &diagnostics).map { .cilium($0) }
  } else {
    diagnostics.error(
      .unknownConfiguration, "this configures no translator that netpolc knows",
      at: location,
      hint: "it knows Flannel's net-conf.json and subnet.env, ip-masq-agent's config, environment "
        + "variables of aws-node, cilium-config, and CNI configurations of bridge and ptp")
    return []
  }
  return [reading].compactMap(\.self)
}

/// The files that a ConfigMap holds as texts.
private func readConfigMap(
  _ data: Field, _ diagnostics: inout Diagnostics
) -> [MasqueradeConfiguration] {
  if CiliumSettings.isOne(data) {
    return [CiliumSettings(data, &diagnostics).map { .cilium($0) }].compactMap(\.self)
  }
  for name in ["net-conf.json", "config"] as [StaticString] {
    guard let text = data[name] else { continue }
    // What is wrong within the text is said where the text stands.
    var inner = Diagnostics()
    let file = ManifestFile(path: text.location.file, bytes: Array(text.value.text.utf8))
    let configurations = parseManifest(file, &inner).flatMap {
      readDocument(Field($0, path: text.path), at: text.location, &inner)
    }
    for problem in inner.all {
      diagnostics.add(
        Diagnostic(
          problem.code, problem.severity,
          "line \(problem.location?.line ?? 1) of this text: \(problem.message)",
          at: text.location, path: text.path, hint: problem.hint))
    }
    return configurations
  }
  diagnostics.error(
    .unknownConfiguration, "this ConfigMap has neither net-conf.json nor config nor Cilium's keys",
    at: data.location, path: data.path)
  return []
}
