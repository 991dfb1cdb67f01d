import Diagnostics
import Manifests
import NetSets

// These objects decide nothing: they say what a listing calls reachable. What cannot be read of
// them is left out of that.

extension Service {
  /// Reads a `v1 Service`.
  package init?(_ root: Field, _ diagnostics: inout Diagnostics) {
    guard let metadata = Metadata(of: root, kind: "Service", isNamespaced: true, &diagnostics)
    else { return nil }
    let spec = root["spec"]
    var selector: Labels?
    if let field = spec?["selector"] { selector = readLabels(field, &diagnostics) }
    self.init(
      reference: metadata.reference, selector: selector,
      ports: items(spec?["ports"]?.value).compactMap(Port.init),
      type: spec?["type"].flatMap { ServiceType(rawValue: $0.value.text) } ?? .clusterIP,
      location: root.location)
  }
}

extension Service.Port {
  fileprivate init?(_ value: ManifestValue) {
    guard let number = value["port"]?.integer.flatMap(UInt16.init(exactly:)),
      let transport = Transport(kubernetesName: value["protocol"]?.text ?? "TCP")
    else { return nil }
    self.init(
      name: value["name"]?.text ?? "", number: number, transport: transport,
      target: value["targetPort"].flatMap(Service.Target.init) ?? .number(number))
  }
}

extension Service.Target {
  fileprivate init?(_ value: ManifestValue) {
    switch value.kind {
    case .integer:
      guard let number = value.integer.flatMap(UInt16.init(exactly:)) else { return nil }
      self = .number(number)
    case .string: self = .named(value.text)
    case .null, .boolean, .number, .sequence, .mapping: return nil
    }
  }
}

extension Route {
  /// Of the Gateway API (`gateway.networking.k8s.io`), whatever version.
  package static let gatewayKinds = [
    "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute",
  ]

  /// Reads a `networking.k8s.io/v1 Ingress`.
  package init?(ingress root: Field, _ diagnostics: inout Diagnostics) {
    guard let metadata = Metadata(of: root, kind: "Ingress", isNamespaced: true, &diagnostics)
    else { return nil }
    let namespace = metadata.reference.namespace ?? "default"
    let spec = root["spec"]
    let paths = items(spec?["rules"]?.value).flatMap { items($0["http"]?["paths"]) }
    let backends =
      [spec?["defaultBackend"]?.value].compactMap(\.self) + paths.compactMap { $0["backend"] }
    self.init(
      reference: metadata.reference,
      backends: backends.compactMap { Backend(ingress: $0, in: namespace) },
      location: root.location)
  }

  /// Reads a route of the Gateway API.
  package init?(gateway root: Field, kind: String, _ diagnostics: inout Diagnostics) {
    guard let metadata = Metadata(of: root, kind: kind, isNamespaced: true, &diagnostics) else {
      return nil
    }
    let namespace = metadata.reference.namespace ?? "default"
    let references = items(root["spec"]?["rules"]?.value).flatMap { items($0["backendRefs"]) }
    self.init(
      reference: metadata.reference,
      backends: references.compactMap { Backend(gateway: $0, in: namespace) },
      location: root.location)
  }
}

extension Route.Backend {
  /// `IngressBackend`: a service with the number or the name of a port.
  fileprivate init?(ingress value: ManifestValue, in namespace: String) {
    guard let service = value["service"], let name = service["name"]?.text else { return nil }
    let port = service["port"].flatMap { port in
      port["number"].flatMap(Service.Target.init) ?? port["name"].flatMap(Service.Target.init)
    }
    self.init(namespace: namespace, service: name, port: port, location: value.location)
  }

  /// `BackendRef`: a Service unless it says otherwise, of the route's namespace likewise.
  fileprivate init?(gateway value: ManifestValue, in namespace: String) {
    guard value["kind"]?.text ?? "Service" == "Service", value["group"]?.text ?? "" == "",
      let name = value["name"]?.text
    else { return nil }
    self.init(
      namespace: value["namespace"]?.text ?? namespace, service: name,
      port: value["port"].flatMap(Service.Target.init), location: value.location)
  }
}

/// Of a list; none of anything else.
private func items(_ value: ManifestValue?) -> [ManifestValue] {
  value.map { Array($0.items) } ?? []
}
