import Compiler
import Diagnostics
import Kubernetes
import Manifests
import PolicyModel

/// What is linted: the objects, what was said about them, and how policies are written.
package struct LintInput {
  package let files: [ManifestFile]
  let input: Input
  /// Every NetworkPolicy as it is written, refused ones too, in the order in which they were read.
  let sources: [PolicySource]
  /// Objects of kinds that are not read, by their place.
  let others: [SourceLocation: ObjectReference]
  /// Objects of any kind with an annotation that accepts findings.
  let annotated: [(object: ObjectReference, annotation: Field)]
  let containerPorts: [ObjectReference: [ContainerPort]]
  let diagnostics: Diagnostics

  /// - Parameter audit: what puts a policy on trial. Such a one is linted as it will be afterwards.
  package init(_ files: [ManifestFile], audit: AuditAnnotation = .standard) {
    var diagnostics = Diagnostics()
    var sources: [PolicySource] = []
    var others: [SourceLocation: ObjectReference] = [:]
    var annotated: [(object: ObjectReference, annotation: Field)] = []
    var containerPorts: [ObjectReference: [ContainerPort]] = [:]
    let input = readInput(files, audit: audit, &diagnostics) { root, kind, apiVersion in
      if let field = root["metadata"]?["annotations"]?["netpolc.dev/ignore"] {
        annotated.append((reference(of: root, kind: shown(kind)), field))
      }
      switch (apiVersion, kind) {
      case ("networking.k8s.io/v1", "NetworkPolicy"): sources.append(PolicySource(root))
      case ("v1", "Namespace"), ("v1", "Node"), ("v1", "Service"): break
      default:
        if let ports = ContainerPort.all(of: root, kind: kind) {
          containerPorts[reference(of: root, kind: kind)] = ports
        } else {
          others[root.location] = reference(of: root, kind: shown(kind))
        }
      }
    }
    self.files = files
    self.input = input.enforcing
    self.sources = sources
    self.others = others
    self.annotated = annotated
    self.containerPorts = containerPorts
    self.diagnostics = diagnostics
  }
}

/// Who an object says it is, whether or not the API would take it.
func reference(of root: Field, kind: String) -> ObjectReference {
  func text(_ field: Field?) -> String? {
    guard let text = field?.value.text, !text.isEmpty else { return nil }
    return shown(text)
  }
  let metadata = root["metadata"]
  return ObjectReference(
    kind: kind,
    namespace: kind == "Namespace" ? nil : text(metadata?["namespace"]) ?? "default",
    name: text(metadata?["name"]) ?? "unnamed")
}
