import Diagnostics
import Manifests

/// What `metadata` says: who the object is, its labels, and what made it.
package struct Metadata: Sendable {
  package let reference: ObjectReference
  package let labels: Labels
  package let created: String
  /// The object that manages it: of `ownerReferences` the one with `controller: true`.
  package let controller: ObjectReference?

  /// Fields of `metav1.ObjectMeta`.
  package static let fields = [
    "name", "namespace", "labels", "annotations", "uid", "resourceVersion", "generation",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "finalizers",
    "ownerReferences", "managedFields", "selfLink", "generateName", "clusterName",
  ]

  /// - Parameter isStrict: whether unknown fields of `metadata` are errors.
  package init?(
    of root: Field, kind: String, isNamespaced: Bool, isStrict: Bool = false,
    _ diagnostics: inout Diagnostics
  ) {
    guard let metadata = root["metadata"] else {
      root.error(.missingField, "\(kind) has no metadata.name", &diagnostics)
      return nil
    }
    guard metadata.isObject(fields: isStrict ? Metadata.fields : nil, &diagnostics) else {
      return nil
    }
    // All three are read before any ends the reading, so that every problem is said.
    let name = readName(metadata, kind: kind, &diagnostics)
    let namespace = isNamespaced ? readNamespace(metadata, &diagnostics) : nil
    let labels = readLabels(metadata["labels"], &diagnostics)
    guard let name, let labels, (namespace != nil) == isNamespaced else { return nil }
    self.reference = ObjectReference(kind: kind, namespace: namespace, name: name)
    self.labels = labels
    self.created = metadata["creationTimestamp"]?.value.text ?? ""
    self.controller = readController(metadata["ownerReferences"], in: namespace)
  }
}

extension ObjectReference {
  /// Which object it is, as far as its name and namespace say, whatever else is wrong with it; nil
  /// when they are none that the API server would take.
  package init?(of root: ManifestValue, kind: String, isNamespaced: Bool) {
    let metadata = root["metadata"]
    guard let name = metadata?["name"]?.text, isDNSSubdomain(name) else { return nil }
    guard isNamespaced else {
      self.init(kind: kind, namespace: nil, name: name)
      return
    }
    let given = metadata?["namespace"]
    let namespace = given.map(\.text) ?? ""
    // Collections have no text, and are no namespace either.
    guard given.map({ $0.kind != .mapping && $0.kind != .sequence }) ?? true,
      namespace.isEmpty || isDNSLabel(namespace)
    else { return nil }
    self.init(kind: kind, namespace: namespace.isEmpty ? "default" : namespace, name: name)
  }
}

private func readName(
  _ metadata: Field, kind: String, _ diagnostics: inout Diagnostics
) -> String? {
  guard let field = metadata["name"] else {
    metadata.error(.missingField, "\(kind) has no name", &diagnostics)
    return nil
  }
  guard let name = field.string(&diagnostics) else { return nil }
  if isDNSSubdomain(name) { return name }
  field.error(
    .invalidName,
    "\(quoted(name)) is no object name: lower case letters, digits, - and ., at most 253",
    &diagnostics)
  return nil
}

/// The API takes a missing or empty namespace for `default`.
private func readNamespace(_ metadata: Field, _ diagnostics: inout Diagnostics) -> String? {
  guard let field = metadata["namespace"] else { return "default" }
  guard let name = field.string(&diagnostics) else { return nil }
  if name.isEmpty { return "default" }
  if isDNSLabel(name) { return name }
  field.error(
    .invalidName,
    "\(quoted(name)) is no namespace name: lower case letters, digits and -, at most 63",
    &diagnostics)
  return nil
}

/// Only says how objects belong together, so that one which cannot be read is as if it were not
/// there. A Node manages the static pods that it mirrors, which makes it no workload.
private func readController(_ field: Field?, in namespace: String?) -> ObjectReference? {
  guard let field, field.value.kind == .sequence else { return nil }
  for item in field.value.items where item["controller"]?.boolean == true {
    guard let kind = item["kind"]?.text, let name = item["name"]?.text, kind != "Node" else {
      continue
    }
    return ObjectReference(kind: kind, namespace: namespace, name: name)
  }
  return nil
}

/// A mapping of strings; nil when it is something else, which has been said then.
package func readLabels(_ field: Field?, _ diagnostics: inout Diagnostics) -> Labels? {
  guard let field else { return Labels.none }
  guard field.isObject(fields: nil, &diagnostics) else { return nil }
  var pairs: [Labels.Pair] = []
  pairs.reserveCapacity(field.value.count)
  var isGood = true
  for member in field.value.members {
    let value = Field(member.value, path: field.path.key(shown(member.key)))
    // A null value is the empty string to Go's decoder.
    if member.value.kind == .null {
      pairs.append(Labels.Pair(key: member.key, value: ""))
    } else if let text = value.string(&diagnostics) {
      pairs.append(Labels.Pair(key: member.key, value: text))
    } else {
      isGood = false
    }
  }
  return isGood ? Labels(pairs) : nil
}

/// RFC 1123 label, as `validation.IsDNS1123Label`.
package func isDNSLabel(_ text: String) -> Bool {
  let bytes = text.utf8
  guard (1...63).contains(bytes.count), bytes.first != 45, bytes.last != 45 else { return false }
  return bytes.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 45 }
}

/// RFC 1123 subdomain, as `validation.IsDNS1123Subdomain`: labels of any length joined by dots.
package func isDNSSubdomain(_ text: String) -> Bool {
  guard (1...253).contains(text.utf8.count) else { return false }
  return text.utf8.split(separator: 46, omittingEmptySubsequences: false).allSatisfy { label in
    guard !label.isEmpty, label.first != 45, label.last != 45 else { return false }
    return label.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 45 }
  }
}
