import Diagnostics
import Kubernetes
import Manifests

/// The files that a ConfigMap holds as texts.
func readConfigMap(
  _ data: Field, _ diagnostics: inout Diagnostics
) -> [MasqueradeConfiguration] {
  if CiliumSettings.isOne(data) {
    return [CiliumSettings(data, &diagnostics).map { .cilium($0) }].compactMap(\.self)
  }
  let files = data.value.members.filter { isFile($0.key) }
  if files.isEmpty {
    diagnostics.error(
      .unknownConfiguration,
      "this ConfigMap has neither net-conf.json nor config nor ip-masq… nor antrea-agent.conf nor "
        + "Cilium's keys", at: data.location, path: data.path)
  }
  return files.flatMap { file in
    readText(Field(file.value, path: data.path.key(file.key)), named: file.key, &diagnostics)
  }
}

/// Whether a ConfigMap has a file of that name for a translator. ip-masq-agent reads `config`, and
/// ip-masq-agent-v2 whatever begins so.
private func isFile(_ name: String) -> Bool {
  ["net-conf.json", "config", antreaFile].contains(name) || name.hasPrefix("ip-masq")
}

private let antreaFile = "antrea-agent.conf"

/// What is wrong within the text is said where the text stands.
private func readText(
  _ text: Field, named name: String, _ diagnostics: inout Diagnostics
) -> [MasqueradeConfiguration] {
  var inner = Diagnostics()
  let file = ManifestFile(path: text.location.file, bytes: Array(text.value.text.utf8))
  let configurations = parseManifest(file, &inner).flatMap { document in
    let root = Field(document, path: text.path)
    guard name == antreaFile else { return readDocument(root, at: text.location, &inner) }
    return [Antrea(root, at: text.location, &inner).map { .antrea($0) }].compactMap(\.self)
  }
  for problem in inner.all {
    diagnostics.add(
      Diagnostic(
        problem.code, problem.severity,
        "line \(problem.location?.line ?? 1) of this text: \(problem.message)",
        at: text.location, path: text.path, hint: problem.hint))
  }
  return configurations.map { configuration in
    guard case .ipMasqAgent(var agent) = configuration else { return configuration }
    agent.build = name == "config" ? .original : .second
    return .ipMasqAgent(agent)
  }
}
