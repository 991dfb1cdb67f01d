import Diagnostics
import NetSets

/// What `v1 Namespace` tells us.
package struct Namespace: Sendable {
  package let name: String
  package let labels: Labels
  /// `status.phase` is `Terminating`: what is in it is being deleted, in any order.
  package let isTerminating: Bool
  /// nil when no manifest was given and the namespace is only known because something is in it.
  package let location: SourceLocation?

  /// Sets the label that the API server sets in every namespace, over any other value that a
  /// manifest gives it (`SetDefaults_Namespace`).
  package init(
    name: String, labels: Labels, isTerminating: Bool = false, location: SourceLocation?
  ) {
    self.name = name
    self.labels = labels.setting("kubernetes.io/metadata.name", name)
    self.isTerminating = isTerminating
    self.location = location
  }
}

/// What `v1 Node` tells us.
package struct Node: Sendable {
  package let name: String
  /// Every IP address in `status.addresses`.
  package let addresses: [IPAddress]
  /// `spec.podCIDRs`: where the node's pods get their addresses from.
  package let podCIDRs: [IPPrefix]
  /// Where the network carries packets of pods in a tunnel: the node's addresses on it, which pods
  /// of other nodes see when the node itself calls them.
  package let tunnelAddresses: [IPAddress]
  package let location: SourceLocation

  package init(
    name: String, addresses: [IPAddress], podCIDRs: [IPPrefix], tunnelAddresses: [IPAddress] = [],
    location: SourceLocation
  ) {
    self.name = name
    self.addresses = addresses
    self.podCIDRs = podCIDRs
    self.tunnelAddresses = tunnelAddresses
    self.location = location
  }
}

/// What `v1 Pod` tells us. A value, of which clusters have a hundred thousand: they are moved about by
/// reference.
package final class Pod: Sendable {
  package let reference: ObjectReference
  package let labels: Labels
  /// `spec.nodeName`; nil before scheduling.
  package let node: String?
  /// `status.podIPs`, or `status.podIP`.
  package let addresses: [IPAddress]
  /// `status.hostIPs`, or `status.hostIP`: addresses of its node.
  package let hostAddresses: [IPAddress]
  /// Of `containers`, and of `initContainers` that keep running (`restartPolicy: Always`).
  package let ports: [NamedPort]
  package let hostNetwork: Bool
  package let phase: Phase
  /// `metadata.creationTimestamp`: RFC 3339 in UTC, so that later is greater.
  package let created: String
  /// The ReplicaSet, StatefulSet or other object that made it; nil for a pod made by hand.
  package let controller: ObjectReference?
  package let location: SourceLocation

  /// `status.phase`.
  package enum Phase: String, Sendable {
    case pending = "Pending"
    case running = "Running"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case unknown = "Unknown"
  }

  package init(
    reference: ObjectReference, labels: Labels, node: String?, addresses: [IPAddress],
    hostAddresses: [IPAddress], ports: [NamedPort], hostNetwork: Bool, phase: Phase,
    created: String, controller: ObjectReference? = nil, location: SourceLocation
  ) {
    self.reference = reference
    self.labels = labels
    self.node = node
    self.addresses = addresses
    self.hostAddresses = hostAddresses
    self.ports = ports
    self.hostNetwork = hostNetwork
    self.phase = phase
    self.created = created
    self.controller = controller
    self.location = location
  }

  /// Whether its containers have ended: its address may already be another pod's. A terminating
  /// pod has not ended while its phase says so.
  package var isFinished: Bool { phase == .succeeded || phase == .failed }

  /// Whether policies can select it: one on the host's network is its node, and one that has ended
  /// is nobody.
  package var takesPart: Bool { !hostNetwork && !isFinished }
}

/// What a Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job or CronJob
/// tells us about the pods it makes.
package struct Workload: Sendable {
  package let reference: ObjectReference
  /// Of the pod template.
  package let labels: Labels
  package let ports: [NamedPort]
  package let hostNetwork: Bool
  /// The Deployment of a ReplicaSet, the CronJob of a Job; nil for what a user wrote.
  package let controller: ObjectReference?
  package let location: SourceLocation

  package init(
    reference: ObjectReference, labels: Labels, ports: [NamedPort], hostNetwork: Bool,
    controller: ObjectReference? = nil, location: SourceLocation
  ) {
    self.reference = reference
    self.labels = labels
    self.ports = ports
    self.hostNetwork = hostNetwork
    self.controller = controller
    self.location = location
  }
}
