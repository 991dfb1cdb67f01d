import Agent
import KubernetesAPI
import Manifests

/// What is kept of an object on its way to the loop.
struct FollowedObject: Sendable {
  let reading: ObjectReading
  /// Of a pod of the node; nil for all other objects, of which nobody asks.
  let uid: String?

  /// - Parameter node: whose pods' uids are asked for; nil if nobody's are.
  init(_ object: APIObject, uidsOf node: String?) {
    let resource = object.resource
    reading = ObjectReading(object.root, kind: resource.kind, apiVersion: resource.apiVersion)
    let isLocal =
      node != nil && resource == .pods && object.root["spec"]?["nodeName"]?.text == node
    uid = isLocal ? object.uid : nil
  }
}
