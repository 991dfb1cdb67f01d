import Diagnostics
import Kubernetes
import Manifests
import NetSets

extension PodAttachment {
  /// Reads a file of the runtime's cache (containernetworking/cni, libcni/api.go): what it asked for
  /// and what the plugins answered, `cniCacheV1`, or the answer alone, as older runtimes have it.
  ///
  /// - Returns: nil for an attachment that has no port on the node, such as the loopback interface
  ///   or one of `macvlan`; and, said in `diagnostics`, for what cannot be read.
  package init?(cached file: ManifestFile, _ diagnostics: inout Diagnostics) {
    var found = Diagnostics()
    defer { for diagnostic in found.all { diagnostics.add(diagnostic) } }
    let documents = parseManifest(file, &found)
    if found.hasErrors { return nil }
    guard let document = documents.first, documents.count == 1 else {
      found.error(
        .notAnObject, "found \(documents.count) JSON values, expected one",
        at: SourceLocation(file: file.path, line: 1, column: 1))
      return nil
    }
    let root = Field(document, path: .root)
    guard root.isObject(fields: nil, &found) else { return nil }
    let result = root["result"] ?? root
    let reader = ResultReader(result)
    let pod = podName(root["cniArgs"], &found)
    let read = reader.link(&found)
    guard !found.hasErrors, let read else { return nil }
    self.init(
      pod: pod, port: read.port, hardware: read.hardware, addresses: read.addresses,
      location: root.location)
  }
}

/// What the plugins answered (SPEC.md of containernetworking/cni, "ADD Success"; the same members
/// since 0.3.0).
private struct ResultReader {
  let result: Field

  init(_ result: Field) { self.result = result }

  struct Link {
    let port: String
    let hardware: HardwareAddress
    let addresses: [IPAddress]
  }

  private struct Interface {
    let name: Field
    /// nil where it is empty, as plugins leave it that do not know.
    let hardware: Field?
    let isPod: Bool
  }

  func link(_ diagnostics: inout Diagnostics) -> Link? {
    guard result.isObject(fields: nil, &diagnostics) else { return nil }
    if result["ip4"] ?? result["ip6"] != nil {
      result.error(
        .invalidValue, "a result of version 0.2.0 or older does not say by which interfaces",
        hint: "give the network a cniVersion of 0.3.1 or newer, and make the pod anew",
        &diagnostics)
      return nil
    }
    let interfaces =
      result["interfaces"]?.items(&diagnostics)?.compactMap { interface($0, &diagnostics) } ?? []
    if diagnostics.hasErrors { return nil }
    // The plugin bridge names the bridge, then the node's end of the link, then the pod's.
    guard let end = interfaces.firstIndex(where: \.isPod), end > 0 else { return nil }
    let (port, inner) = (interfaces[end - 1], interfaces[end])
    guard InterfacePattern(port.name.value.text)?.isPrefix == false else {
      port.name.error(
        .invalidValue, "\(quoted(port.name.value.text)) is no name of an interface", &diagnostics)
      return nil
    }
    guard let field = inner.hardware, let hardware = HardwareAddress(field.value.text) else {
      (inner.hardware ?? inner.name).error(
        .invalidAddress, "the pod's interface has no hardware address such as 02:00:00:00:00:01",
        &diagnostics)
      return nil
    }
    let addresses =
      result["ips"]?.items(&diagnostics)?.compactMap { address($0, of: end, &diagnostics) } ?? []
    if diagnostics.hasErrors { return nil }
    return Link(port: port.name.value.text, hardware: hardware, addresses: addresses)
  }

  private func interface(_ field: Field, _ diagnostics: inout Diagnostics) -> Interface? {
    guard field.isObject(fields: nil, &diagnostics) else { return nil }
    guard let name = field["name"] else {
      field.error(.missingField, "name is missing", &diagnostics)
      return nil
    }
    guard name.string(&diagnostics) != nil else { return nil }
    let hardware = field["mac"].flatMap { $0.string(&diagnostics) == "" ? nil : $0 }
    let sandbox = field["sandbox"].flatMap { $0.string(&diagnostics) } ?? ""
    return Interface(name: name, hardware: hardware, isPod: sandbox != "")
  }

  /// nil for one of another interface.
  private func address(
    _ field: Field, of interface: Int, _ diagnostics: inout Diagnostics
  ) -> IPAddress? {
    guard field.isObject(fields: nil, &diagnostics) else { return nil }
    if let index = field["interface"] {
      guard let index = index.integer(&diagnostics), index == interface else { return nil }
    }
    guard let text = field["address"] else {
      field.error(.missingField, "address is missing", &diagnostics)
      return nil
    }
    guard let string = text.string(&diagnostics) else { return nil }
    guard let address = IPAddress(string.prefix { $0 != "/" }) else {
      text.error(.invalidAddress, "\(quoted(string)) is no address", &diagnostics)
      return nil
    }
    return address
  }
}

/// Of the arguments that Kubernetes' runtimes give: `[["K8S_POD_NAME", "web-0"], …]`.
private func podName(_ arguments: Field?, _ diagnostics: inout Diagnostics) -> String? {
  var values: [String: String] = [:]
  for argument in arguments?.items(&diagnostics) ?? [] {
    let pair = argument.items(&diagnostics) ?? []
    if pair.count == 2 { values[pair[0].value.text] = pair[1].value.text }
  }
  guard let namespace = values["K8S_POD_NAMESPACE"], let name = values["K8S_POD_NAME"] else {
    return nil
  }
  return "\(namespace)/\(name)"
}
