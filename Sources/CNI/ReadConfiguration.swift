import Diagnostics
import Kubernetes
import Manifests
import NetSets

extension NetworkConfiguration {
  /// Reads a `.conflist`, or a file of one plugin. Members that we do not know are other plugins'
  /// business. Nil when it is no configuration, with the reason at its place in `diagnostics`.
  package init?(_ file: ManifestFile, _ diagnostics: inout Diagnostics) {
    var found = Diagnostics()
    defer { for diagnostic in found.all { diagnostics.add(diagnostic) } }
    let start = SourceLocation(file: file.path, line: 1, column: 1)
    // Runtimes read JSON; our reader would take YAML as well.
    guard file.bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") else {
      found.error(.notAnObject, "found no JSON object", at: start)
      return nil
    }
    let documents = parseManifest(file, &found)
    if found.hasErrors { return nil }
    guard let document = documents.first, documents.count == 1 else {
      found.error(
        .notAnObject, "found \(documents.count) JSON values, expected one", at: start)
      return nil
    }
    self.init(
      Field(document, path: .root), isList: file.path.hasSuffix(".conflist"), &found)
  }

  /// - Parameter isList: whether it has `plugins`, or is one itself.
  package init?(_ root: Field, isList: Bool, _ found: inout Diagnostics) {
    let before = found.errorCount
    var plugins: [Plugin] = []
    if !isList {
      Plugin(root, &found).map { plugins.append($0) }
    } else if let list = root["plugins"] {
      plugins = list.items(&found)?.compactMap { Plugin($0, &found) } ?? []
      if list.value.kind == .sequence, list.value.count == 0 {
        list.error(.invalidValue, "expected at least one plugin", &found)
      }
    } else {
      root.error(.missingField, "plugins is missing", &found)
    }
    let name = root["name"]?.string(&found) ?? ""
    var version = CNIVersion.first
    if let field = root["cniVersion"], let text = field.string(&found) {
      if let read = CNIVersion(text) {
        version = read
      } else {
        field.error(.invalidValue, "\(quoted(text)) is no version such as 1.0.0", &found)
      }
    }
    if found.errorCount > before { return nil }
    self.init(path: root.location.file, name: name, version: version, plugins: plugins)
  }
}

extension NetworkConfiguration.Plugin {
  fileprivate init?(_ field: Field, _ diagnostics: inout Diagnostics) {
    guard field.isObject(fields: nil, &diagnostics) else { return nil }
    guard let typeField = field["type"] else {
      field.error(.missingField, "type is missing, the name of a plugin", &diagnostics)
      return nil
    }
    guard let type = typeField.string(&diagnostics) else { return nil }
    // Flannel runs another plugin, by default `bridge`, with what `delegate` says and the rest from
    // its own state (flannel-io/cni-plugin).
    let settings = type == "flannel" ? field["delegate"] : field
    let runs =
      type == "flannel" ? settings?["type"]?.string(&diagnostics) ?? "bridge" : type
    var bridge: NetworkConfiguration.BridgeSettings?
    // Azure's plugin has a bridge of its own in one of its modes.
    let isAzure = type == "azure-vnet"
    if runs == "bridge" || (isAzure && field["mode"]?.string(&diagnostics) == "bridge") {
      bridge = NetworkConfiguration.BridgeSettings(
        device: settings?["bridge"]?.string(&diagnostics) ?? (isAzure ? "azure0" : "cni0"),
        isolatesPorts: settings?["portIsolation"]?.boolean(&diagnostics) ?? false)
    }
    let masquerade = settings?["ipMasq"]
    self.init(
      type: type, bridge: bridge, masquerades: masquerade?.boolean(&diagnostics) ?? false,
      masqueradeLocation: (masquerade ?? field).location,
      subnets: field["ipam"].map { pools($0, &diagnostics) } ?? [])
  }
}

/// `subnet`, and `ranges`, a list of lists (containernetworking/plugins, host-local).
private func pools(_ ipam: Field, _ diagnostics: inout Diagnostics) -> [NamedPrefix] {
  let lists = ipam["ranges"]?.items(&diagnostics) ?? []
  let ranges = lists.flatMap { $0.items(&diagnostics) ?? [] }
  return ([ipam] + ranges).compactMap { holder -> NamedPrefix? in
    guard let field = holder["subnet"], let text = field.string(&diagnostics) else { return nil }
    // Whose own business the node's range is, says no number here.
    if text == "usePodCidr" { return nil }
    guard let spelling = WrittenPrefix(text) else {
      field.error(.invalidAddress, "the string \(quoted(text)) is not a CIDR", &diagnostics)
      return nil
    }
    return NamedPrefix(spelling.prefix, name: "subnet", location: field.location)
  }
}
