import Diagnostics
import Kubernetes
import Manifests
import NetSets

/// What `v1 Service` tells a linter: whose ports others are meant to come to. One that is not
/// well-formed tells less; saying so is not a linter's of policies.
struct Service {
  let namespace: String
  let selector: Labels
  let targets: [Target]

  struct Target: Hashable {
    let transport: Transport
    let port: Port

    enum Port: Hashable {
      case number(UInt16)
      case named(String)
    }
  }

  /// nil for a Service that selects no pods.
  init?(_ root: Field) {
    var ignored = Diagnostics()
    guard let field = root["spec"]?["selector"], let selector = readLabels(field, &ignored),
      !selector.pairs.isEmpty
    else { return nil }
    namespace = reference(of: root, kind: "Service").namespace ?? "default"
    self.selector = selector
    targets = PolicySource.items(root["spec"]?["ports"]).compactMap { Target($0) }
  }

  func selects(_ labels: Labels) -> Bool {
    selector.pairs.allSatisfy { labels[$0.key] == $0.value }
  }
}

extension Service.Target {
  /// `targetPort`, which is `port` when it is absent.
  fileprivate init?(_ field: Field) {
    guard let port = field["targetPort"] ?? field["port"],
      let transport = Transport(kubernetesName: field["protocol"]?.value.text ?? "TCP")
    else { return nil }
    self.transport = transport
    if port.value.kind == .string, UInt16(port.value.text) == nil {
      self.port = .named(port.value.text)
    } else if let number = UInt16(port.value.text) {
      self.port = .number(number)
    } else {
      return nil
    }
  }
}
