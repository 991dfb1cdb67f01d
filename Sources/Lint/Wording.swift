import Diagnostics
import Kubernetes
import PolicyModel

/// `a`, `a and b`, `a, b, c and 4 more`.
func list(_ names: [String], shown limit: Int = 3) -> String {
  let extra = names.count - limit
  // One more is named as quickly as it is counted.
  if extra > 1 { return names.prefix(limit).joined(separator: ", ") + " and \(extra) more" }
  guard let last = names.last, names.count > 1 else { return names.joined() }
  return names.dropLast().joined(separator: ", ") + " and " + last
}

extension LintContext {
  /// `2 pods`, `1 workload`, `1 pod and 2 workloads`.
  func count(_ endpoints: [Int]) -> String {
    let pods = endpoints.count { graph.endpoints[$0].reference.kind == "Pod" }
    let workloads = endpoints.count - pods
    let parts =
      (pods > 0 || workloads == 0 ? [counted(pods, "pod")] : [])
      + (workloads > 0 ? [counted(workloads, "workload")] : [])
    return parts.joined(separator: " and ")
  }

  /// `shop/web-0, shop/api[Deployment] and 3 more`.
  func names(_ endpoints: [Int]) -> String {
    list(endpoints.map { graph.endpoints[$0].displayName })
  }
}

extension ObjectReference {
  /// As `Endpoint.displayName` has it.
  var displayName: String { kind == "Pod" ? qualifiedName : "\(qualifiedName)[\(kind)]" }
}

extension LabelSelector {
  /// `team=observability`, and `{}` for everything.
  var shown: String { requirements.isEmpty ? "{}" : description }
}

extension Direction {
  /// The field that names the peers.
  var peersField: String {
    switch self {
    case .ingress: "from"
    case .egress: "to"
    }
  }
}
