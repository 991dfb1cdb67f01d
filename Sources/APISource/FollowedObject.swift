import Agent
import Kubernetes
import KubernetesAPI
import Manifests

/// What is kept of an object on its way to the loop.
struct FollowedObject: Sendable {
  let reading: ObjectReading
  /// Of a pod of the node; nil for all other objects, of which nobody asks.
  let uid: String?

  /// - Parameters:
  ///   - audit: what puts a policy on trial.
  ///   - node: whose pods' uids are asked for; nil if nobody's are.
  init(_ object: APIObject, audit: AuditAnnotation, uidsOf node: String?) {
    let resource = object.resource
    reading = ObjectReading(
      object.root, kind: resource.kind, apiVersion: resource.apiVersion, audit: audit)
    let isLocal =
      node != nil && resource == .pods && object.root["spec"]?["nodeName"]?.text == node
    uid = isLocal ? object.uid : nil
  }
}
