import Manifests

/// A line of a watch.
enum WatchEvent {
  case put(APIObject)
  case removed(APIObject)
  /// Everything up to that version has been sent.
  case bookmark(resourceVersion: String, endsInitialEvents: Bool)
  case error(APIStatus)

  init(line: [UInt8], of resource: APIResource) throws(APIFailure) {
    let event = try parsed(line, "watch of \(resource.name)")
    guard let type = event["type"], let object = event["object"], object.kind == .mapping else {
      throw .malformed("watch of \(resource.name): an event without type and object")
    }
    switch type.text {
    case "ADDED", "MODIFIED": self = .put(try APIObject(object, of: resource))
    case "DELETED": self = .removed(try APIObject(object, of: resource))
    case "ERROR": self = .error(APIStatus(object, code: nil))
    case "BOOKMARK":
      let metadata = object["metadata"]
      guard let version = metadata?["resourceVersion"]?.text, !version.isEmpty else {
        throw .malformed("watch of \(resource.name): a bookmark without a resourceVersion")
      }
      // `metav1.InitialEventsAnnotationKey`.
      let mark = metadata?["annotations"]?["k8s.io/initial-events-end"]?.text
      self = .bookmark(resourceVersion: version, endsInitialEvents: mark == "true")
    default:
      throw .malformed("watch of \(resource.name): an event of type \(quoted(type.text))")
    }
  }
}
