import Diagnostics
import NetSets

/// What `v1 Service` tells us.
package struct Service: Sendable {
  package let reference: ObjectReference
  /// The pods behind it, by labels that they all have; nil where something else says who they are.
  package let selector: Labels?
  package let ports: [Port]
  package let type: ServiceType
  package let location: SourceLocation

  /// `spec.type`.
  package enum ServiceType: String, Sendable {
    case clusterIP = "ClusterIP"
    case nodePort = "NodePort"
    case loadBalancer = "LoadBalancer"
    case externalName = "ExternalName"

    /// Whether connections from outside the cluster reach it.
    package var isReachableFromOutside: Bool { self == .nodePort || self == .loadBalancer }
  }

  /// One of `spec.ports`.
  package struct Port: Sendable {
    package let name: String
    package let number: UInt16
    package let transport: Transport
    package let target: Target
  }

  /// `targetPort`: where on the pods connections end.
  package enum Target: Hashable, Sendable {
    case number(UInt16)
    /// As the containers call it.
    case named(String)
  }

  /// Whether pods of its namespace with these labels are behind it.
  package func selects(_ labels: Labels) -> Bool {
    guard let selector, !selector.pairs.isEmpty else { return false }
    return selector.pairs.allSatisfy { labels[$0.key] == $0.value }
  }
}

/// An object by which something that takes connections from outside, such as an ingress controller
/// or a gateway, hands them on to services: an Ingress, or a route of the Gateway API.
package struct Route: Sendable {
  package let reference: ObjectReference
  package let backends: [Backend]
  package let location: SourceLocation

  /// A port of a service.
  package struct Backend: Hashable, Sendable {
    package let namespace: String
    package let service: String
    /// nil is every port.
    package let port: Service.Target?
    package let location: SourceLocation
  }
}
