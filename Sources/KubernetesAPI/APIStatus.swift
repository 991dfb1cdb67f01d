import Manifests

/// What the server says instead of objects: `metav1.Status`, in the body of an answer that is not
/// 200 or in an ERROR event of a watch.
package struct APIStatus: Hashable, Sendable {
  /// As of HTTP.
  package let code: Int
  /// `Forbidden`, `Expired`; empty if none is given.
  package let reason: String
  package let message: String
  /// Machine-readable reasons: `ResourceVersionTooLarge`.
  package let causes: [String]

  package init(code: Int, reason: String = "", message: String, causes: [String] = []) {
    self.code = code
    self.reason = reason
    self.message = message
    self.causes = causes
  }

  /// - Parameter code: of the answer; nil for an event, where only the object says it.
  init(_ object: ManifestValue, code: Int?) {
    let causes = object["details"]?["causes"]?.items.compactMap { $0["reason"]?.text }
    self.init(
      code: code ?? object["code"]?.integer ?? 0, reason: object["reason"]?.text ?? "",
      message: shown(object["message"]?.text ?? "", limit: 500), causes: causes ?? [])
  }

  /// The body of an answer, which need not be a Status: proxies answer with pages.
  init(code: Int, body: [UInt8]) {
    do throws(APIFailure) {
      self.init(try parsed(body, "status"), code: code)
    } catch {
      let text = String(decoding: body.prefix(400), as: UTF8.self)
      self.init(code: code, message: shown(text.trimmed, limit: 200))
    }
  }

  /// The version asked for is no longer kept, or is of another history: only a new list helps.
  var isExpired: Bool {
    code == 410 || reason == "Expired" || reason == "Gone"
      || causes.contains("ResourceVersionTooLarge")
      || message.hasPrefix("Too large resource version")
  }

  /// `corev1.NamespaceTerminatingCause`: nothing new is taken in a namespace that is being deleted.
  package var isOfEndingNamespace: Bool { causes.contains("NamespaceTerminating") }

  /// The server does not know a parameter, as older ones do not know streaming lists.
  var isRefusalOfParameters: Bool { code == 400 || code == 422 }
}

extension APIStatus: CustomStringConvertible {
  /// `403 Forbidden: pods is forbidden: …`.
  package var description: String {
    let head = reason.isEmpty ? "\(code)" : "\(code) \(shown(reason, limit: 60))"
    return message.isEmpty ? head : "\(head): \(message)"
  }
}
