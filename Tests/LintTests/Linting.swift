import Diagnostics
import Lint
import Manifests
import Reports

/// What is found in manifests given as text, `RULE path` a finding; suppressed ones left out.
func found(_ yaml: String, rules: String...) throws -> [String] {
  try report(yaml, rules).findings.filter { $0.finding.suppression == nil }
    .map { "\($0.finding.rule) \($0.place)" }
}

/// The findings themselves.
func findings(_ yaml: String, rules: String...) throws -> [Finding] {
  try report(yaml, rules).findings.map(\.finding)
}

func report(_ yaml: String, _ rules: [String] = []) throws -> LintReport {
  lint(
    LintInput([ManifestFile(path: "test.yaml", bytes: Array(yaml.utf8))]), try RuleSelection(rules))
}

/// A workload of namespace shop.
func workload(
  _ name: String, in namespace: String = "shop", labels: String? = nil, ports: String = "",
  spec: String = ""
) -> String {
  """
  ---
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: \(name), namespace: \(namespace)}
  spec: {template: {metadata: {labels: {\(labels ?? "app: \(name)")}}, spec: {\(spec)containers: [{name: c, ports: [\(ports)]}]}}}

  """
}

/// A policy of namespace shop. `spec` is in braces.
func policy(_ name: String, _ spec: String, metadata: String = "") -> String {
  """
  ---
  apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: \(name), namespace: shop\(metadata)}
  spec: \(spec)

  """
}

let shop = workload("web") + workload("db", ports: "{name: pg, containerPort: 5432}")
