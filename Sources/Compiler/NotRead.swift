import Diagnostics
import Dialects
import Kubernetes
import Manifests

/// What an object says it is.
package struct ObjectKind {
  package let kind: String
  package let apiVersion: String

  package init(kind: String, apiVersion: String) {
    self.kind = kind
    self.apiVersion = apiVersion
  }

  /// - Parameter list: what items of a list are that do not say so themselves, as in the answers of
  ///   an API server.
  /// - Returns: nil, and says why, for what is no object.
  package init?(of root: Field, in list: ObjectKind?, _ diagnostics: inout Diagnostics) {
    guard root.value.kind == .mapping else {
      root.error(
        .notAnObject, "found \(root.found), expected an object with apiVersion and kind",
        &diagnostics)
      return nil
    }
    guard let kind = root["kind"]?.string(&diagnostics) ?? list?.kind,
      let apiVersion = root["apiVersion"]?.string(&diagnostics) ?? list?.apiVersion
    else {
      let missing = root["kind"] == nil && list == nil ? "kind" : "apiVersion"
      root.error(.notAnObject, "an object without \(missing)", &diagnostics)
      return nil
    }
    self.init(kind: kind, apiVersion: apiVersion)
  }

  /// What the items of such a list are, where all are of one kind.
  package var ofItems: ObjectKind? {
    kind == "List" ? nil : ObjectKind(kind: String(kind.dropLast(4)), apiVersion: apiVersion)
  }
}

extension Field {
  /// Whether it is a file of netpolc's own, such as tests, which may lie beside manifests. They say
  /// so, and no object does.
  package var isOurs: Bool {
    self["kind"] == nil && self["apiVersion"] == nil
      && self["schema"]?.value.text.hasPrefix("netpolc.") ?? false
  }

  /// Says of an object that nobody reads if it looks like a policy: who wrote it takes it for one.
  /// - Returns: whether it does.
  package func looksLikePolicy(_ object: ObjectKind, _ diagnostics: inout Diagnostics) -> Bool {
    let (kind, apiVersion) = (object.kind, object.apiVersion)
    if apiVersion == "extensions/v1beta1", kind == "NetworkPolicy" {
      (self["apiVersion"] ?? self).error(
        .removedAPI, "extensions/v1beta1 was removed in Kubernetes 1.16",
        hint: "write networking.k8s.io/v1; the fields are the same", &diagnostics)
      return true
    }
    let meant = NearMiss.of(kind, in: dialects.map(\.kind))
    guard kind.contains("NetworkPolicy") || meant != nil else { return false }
    let near =
      dialects.first { $0.kind == kind }.map { "write apiVersion: \($0.apiVersion)" }
      ?? meant.map { "did you mean \($0)?" }
    diagnostics.warning(
      .policyNotRead,
      "\(shown(kind)) of \(shown(apiVersion)) is not read: nothing that it says is enforced",
      at: location, hint: near)
    return true
  }
}
