import Diagnostics
import Manifests
import NetSets

extension Pod {
  /// Reads a `v1 Pod`; nil when it is not valid, which has been said then.
  package convenience init?(_ root: Field, _ diagnostics: inout Diagnostics) {
    guard
      let metadata = Metadata(of: root, kind: "Pod", isNamespaced: true, &diagnostics)
    else { return nil }
    let spec = root["spec"]
    let status = root["status"]
    let phaseText = status?["phase"]?.value.text ?? Phase.pending.rawValue
    guard
      let node = readNodeName(spec?["nodeName"], &diagnostics),
      let ports = readPorts(podSpec: spec, &diagnostics),
      let hostNetwork = readHostNetwork(podSpec: spec, &diagnostics),
      let addresses = readAddresses(status, list: "podIPs", single: "podIP", &diagnostics),
      let hostAddresses = readAddresses(status, list: "hostIPs", single: "hostIP", &diagnostics)
    else { return nil }
    self.init(
      reference: metadata.reference, labels: metadata.labels,
      node: node.isEmpty ? nil : node, addresses: addresses, hostAddresses: hostAddresses,
      ports: ports, hostNetwork: hostNetwork, phase: Phase(rawValue: phaseText) ?? .unknown,
      created: metadata.created, controller: metadata.controller, location: root.location)
  }
}

/// Empty before scheduling. Checked as `ValidateNodeName` does: the name becomes one of a file.
private func readNodeName(_ field: Field?, _ diagnostics: inout Diagnostics) -> String? {
  guard let field else { return "" }
  guard let name = field.string(&diagnostics) else { return nil }
  if name.isEmpty || isDNSSubdomain(name) { return name }
  field.error(
    .invalidName,
    "\(quoted(name)) is no node name: lower case letters, digits, - and ., at most 253",
    &diagnostics)
  return nil
}

/// `hostNetwork` of a pod's or template's spec.
func readHostNetwork(podSpec: Field?, _ diagnostics: inout Diagnostics) -> Bool? {
  guard let field = podSpec?["hostNetwork"] else { return false }
  return field.boolean(&diagnostics)
}

/// The named ports of the containers that run as long as the pod does: `containers`, and those of
/// `initContainers` with `restartPolicy: Always` (KEP-753), as `FindPort` has it since 1.32.
func readPorts(podSpec: Field?, _ diagnostics: inout Diagnostics) -> [NamedPort]? {
  guard let podSpec else { return [] }
  var ports: Set<NamedPort> = []
  for list in ["containers", "initContainers"] as [StaticString] {
    guard let containers = podSpec[list] else { continue }
    guard let items = containers.items(&diagnostics) else { return nil }
    for container in items {
      if list.utf8CodeUnitCount == 14, container["restartPolicy"]?.value.text != "Always" {
        continue
      }
      guard let declared = container["ports"] else { continue }
      guard let fields = declared.items(&diagnostics) else { return nil }
      for field in fields where field["name"] != nil {
        guard let port = readNamedPort(field, &diagnostics) else { return nil }
        ports.insert(port)
      }
    }
  }
  return ports.count < 2 ? Array(ports) : ports.sorted()
}

private func readNamedPort(_ field: Field, _ diagnostics: inout Diagnostics) -> NamedPort? {
  guard let name = field["name"]?.string(&diagnostics) else { return nil }
  guard let numberField = field["containerPort"] else {
    field.error(.missingField, "port \(quoted(name)) has no containerPort", &diagnostics)
    return nil
  }
  guard let number = numberField.integer(&diagnostics) else { return nil }
  guard let port = UInt16(exactly: number), port > 0 else {
    numberField.error(.invalidValue, "found \(number), expected 1 to 65535", &diagnostics)
    return nil
  }
  guard let transportField = field["protocol"] else {
    return NamedPort(name: name, transport: .tcp, number: port)
  }
  guard let transport = Transport(kubernetesName: transportField.value.text) else {
    transportField.error(
      .invalidValue, "found \(transportField.found), expected TCP, UDP or SCTP", &diagnostics)
    return nil
  }
  return NamedPort(name: name, transport: transport, number: port)
}

/// `status.podIPs` or, in objects of older clusters, only `status.podIP`.
private func readAddresses(
  _ status: Field?, list: StaticString, single: StaticString, _ diagnostics: inout Diagnostics
) -> [IPAddress]? {
  guard let status else { return [] }
  var fields: [Field] = []
  if let listed = status[list] {
    guard let items = listed.items(&diagnostics) else { return nil }
    fields = items.compactMap { $0["ip"] }
  }
  if fields.isEmpty, let field = status[single] { fields = [field] }
  var addresses: [IPAddress] = []
  for field in fields where !(field.value.kind == .string && field.value.textEquals("")) {
    guard let address = IPAddress(field.value.text) else {
      field.error(.invalidAddress, "\(field.found) is no IP address", &diagnostics)
      return nil
    }
    // Two spellings of one, or one twice: an address is a key of maps.
    if !addresses.contains(address) { addresses.append(address) }
  }
  return addresses
}
