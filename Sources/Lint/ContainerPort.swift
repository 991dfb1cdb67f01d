import Diagnostics
import Kubernetes
import Manifests
import NetSets

/// One of the ports that a container declares, with a name or without.
struct ContainerPort: Hashable {
  let transport: Transport
  let number: UInt16
  /// Whether the node passes a port of its own on to it.
  let hasHostPort: Bool

  /// Of a pod, or of what a workload's pods are made from; nil for other kinds of objects.
  static func all(of root: Field, kind: String) -> [ContainerPort]? {
    let spec: Field?
    switch kind {
    case "Pod": spec = root["spec"]
    case "CronJob": spec = root["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"]
    case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job":
      spec = root["spec"]?["template"]?["spec"]
    default: return nil
    }
    let containers =
      PolicySource.items(spec?["containers"]) + PolicySource.items(spec?["initContainers"])
    return containers.flatMap { PolicySource.items($0["ports"]) }.compactMap { port in
      guard let number = port["containerPort"]?.value.integer.flatMap({ UInt16(exactly: $0) }),
        let transport = Transport(kubernetesName: port["protocol"]?.value.text ?? "TCP")
      else { return nil }
      return ContainerPort(
        transport: transport, number: number, hasHostPort: port["hostPort"] != nil)
    }
  }
}
