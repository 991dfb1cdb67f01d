import Diagnostics
import Manifests

/// An object as a snapshot has it: only the fields that say something about policy, so that nothing
/// of a pod's environment, commands or volumes gets into a file.
package struct SnapshotItem: Sendable {
  package let reference: ObjectReference
  /// JSON on one line, always the same for the same object.
  package let line: String

  /// - Parameter annotations: which of a policy's are kept, besides what lint rules are told.
  /// - Throws: `APIFailure.malformed` for a number that no field of Kubernetes' policies has.
  package init(_ object: APIObject, annotations: [String] = []) throws(APIFailure) {
    reference = object.reference
    var members: [(String, JSON)] = [
      ("apiVersion", .string(object.resource.apiVersion)),
      ("kind", .string(object.resource.kind)),
    ]
    if case .object(let kept) = try SnapshotFields.of(object.resource, annotations).json(
      object.root)
    {
      members += kept
    }
    line = JSON.object(members).line
  }
}

/// A `v1` List of the items, one a line, by kind, namespace and name: what every command of netpolc
/// reads with `-f`.
package func snapshot(_ items: [SnapshotItem]) -> String {
  let lines = items.sorted { left, right in
    (left.reference.kind, left.reference) < (right.reference.kind, right.reference)
  }.map(\.line)
  let body = lines.isEmpty ? "" : "\n" + lines.joined(separator: ",\n") + "\n"
  return "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\(body)]}\n"
}

/// Which part of a value is kept.
indirect enum SnapshotFields: ExpressibleByDictionaryLiteral, Sendable {
  case all
  case members([(StaticString, SnapshotFields)])
  /// Members whose names somebody chose.
  case named([String])
  /// Of each item of a list.
  case items(SnapshotFields)

  init(dictionaryLiteral members: (StaticString, SnapshotFields)...) { self = .members(members) }

  /// Of an object. Of what is neither a pod, a node nor a namespace, all of `spec`.
  static func of(_ resource: APIResource, _ annotations: [String]) -> SnapshotFields {
    let metadata = metadata(annotations)
    return switch (resource.apiVersion, resource.kind) {
    case ("v1", "Pod"): ["metadata": metadata, "spec": podSpec, "status": podStatus]
    case ("v1", "Node"):
      [
        "metadata": nodeMetadata, "spec": ["podCIDR": .all, "podCIDRs": .all],
        "status": ["addresses": .all],
      ]
    case ("v1", "Namespace"): ["metadata": metadata, "status": ["phase": .all]]
    case (_, "IPPool"):
      [
        "metadata": metadata,
        "spec": [
          "cidr": .all, "natOutgoing": .all, "allowedUses": .all, "vxlanMode": .all,
          "ipipMode": .all,
        ],
      ]
    case (_, "FelixConfiguration"):
      [
        "metadata": metadata,
        "spec": [
          "natPortRange": .all, "natOutgoingAddress": .all, "natOutgoingExclusions": .all,
          "iptablesNATOutgoingInterfaceFilter": .all,
        ],
      ]
    default: ["metadata": metadata, "spec": .all]
    }
  }

  private static func metadata(_ annotations: [String]) -> SnapshotFields {
    [
      "name": .all, "namespace": .all, "resourceVersion": .all, "creationTimestamp": .all,
      "labels": .all,
      // What lint rules are told to let pass.
      "annotations": .named(["netpolc.dev/ignore"] + annotations),
      "ownerReferences": .items(["kind": .all, "name": .all, "controller": .all]),
    ]
  }

  /// With the addresses of tunnels.
  private static let nodeMetadata: SnapshotFields = [
    "name": .all, "resourceVersion": .all, "creationTimestamp": .all, "labels": .all,
    "annotations": [
      "projectcalico.org/IPv4IPIPTunnelAddr": .all, "projectcalico.org/IPv4VXLANTunnelAddr": .all,
      "projectcalico.org/IPv6VXLANTunnelAddr": .all,
      "projectcalico.org/IPv4WireguardInterfaceAddr": .all,
      "projectcalico.org/IPv6WireguardInterfaceAddr": .all,
      "flannel.alpha.coreos.com/backend-type": .all,
    ],
  ]

  private static let podSpec: SnapshotFields = [
    "nodeName": .all, "hostNetwork": .all, "containers": containers, "initContainers": containers,
  ]

  private static let containers = SnapshotFields.items([
    "restartPolicy": .all,
    "ports": .items(["name": .all, "containerPort": .all, "protocol": .all]),
  ])

  private static let podStatus: SnapshotFields = [
    "phase": .all, "podIP": .all, "podIPs": .items(["ip": .all]), "hostIP": .all,
    "hostIPs": .items(["ip": .all]),
  ]

  /// nil when nothing is left.
  func json(_ value: ManifestValue) throws(APIFailure) -> JSON? {
    switch self {
    case .all: return try whole(value)
    case .members(let names):
      var members: [(String, JSON)] = []
      for (name, kept) in names {
        guard let member = value[name], let json = try kept.json(member) else { continue }
        members.append(("\(name)", json))
      }
      return members.isEmpty ? nil : .object(members)
    case .named(let names):
      var members: [(String, JSON)] = []
      for member in value.members where names.contains(member.key) {
        members.append((member.key, try whole(member.value)))
      }
      members.sort { $0.0 < $1.0 }
      return members.isEmpty ? nil : .object(members)
    case .items(let kept):
      var items: [JSON] = []
      for item in value.items {
        if let json = try kept.json(item) { items.append(json) }
      }
      return items.isEmpty ? nil : .array(items)
    }
  }

  /// Members are sorted, for the server's order is of no meaning.
  private func whole(_ value: ManifestValue) throws(APIFailure) -> JSON {
    do {
      return try JSON(value, sortsMembers: true)
    } catch {
      throw .malformed("\(error)")
    }
  }
}
