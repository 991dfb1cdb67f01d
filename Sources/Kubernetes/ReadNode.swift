import Diagnostics
import Manifests
import NetSets

extension Namespace {
  /// Reads a `v1 Namespace`.
  package init?(_ root: Field, _ diagnostics: inout Diagnostics) {
    guard
      let metadata = Metadata(of: root, kind: "Namespace", isNamespaced: false, &diagnostics)
    else { return nil }
    self.init(
      name: metadata.reference.name, labels: metadata.labels,
      isTerminating: root["status"]?["phase"]?.value.text == "Terminating",
      location: root.location)
  }
}

extension Node {
  /// Reads a `v1 Node`. Addresses that are names, such as `Hostname`, are passed over.
  package init?(_ root: Field, _ diagnostics: inout Diagnostics) {
    guard let metadata = Metadata(of: root, kind: "Node", isNamespaced: false, &diagnostics) else {
      return nil
    }
    var podCIDRs: [IPPrefix] = []
    let listed = root["spec"]?["podCIDRs"]?.items(&diagnostics) ?? []
    let fields = listed.isEmpty ? [root["spec"]?["podCIDR"]].compactMap(\.self) : listed
    for field in fields where !field.value.text.isEmpty {
      guard let written = WrittenPrefix(field.value.text) else {
        field.error(.invalidAddress, "\(field.found) is not a CIDR", &diagnostics)
        return nil
      }
      podCIDRs.append(written.prefix)
    }
    let addresses = (root["status"]?["addresses"]?.items(&diagnostics) ?? []).compactMap { item in
      item["address"].flatMap { IPAddress($0.value.text) }
    }
    self.init(
      name: metadata.reference.name, addresses: addresses, podCIDRs: podCIDRs,
      location: root.location)
  }
}

extension Workload {
  /// Reads an object that makes pods from a template: where the template is depends on the kind.
  package init?(_ root: Field, kind: String, _ diagnostics: inout Diagnostics) {
    guard let metadata = Metadata(of: root, kind: kind, isNamespaced: true, &diagnostics) else {
      return nil
    }
    let spec = kind == "CronJob" ? root["spec"]?["jobTemplate"]?["spec"] : root["spec"]
    guard let template = spec?["template"] else {
      root.error(.missingField, "\(kind) has no pod template", &diagnostics)
      return nil
    }
    guard
      let labels = readLabels(template["metadata"]?["labels"], &diagnostics),
      let ports = readPorts(podSpec: template["spec"], &diagnostics),
      let hostNetwork = readHostNetwork(podSpec: template["spec"], &diagnostics)
    else { return nil }
    self.init(
      reference: metadata.reference, labels: labels, ports: ports, hostNetwork: hostNetwork,
      controller: metadata.controller, location: root.location)
  }
}
