import CNI

extension Check {
  /// Whether what is read from files and what is asked of the kernel are of one network namespace.
  static let namespace = Check(name: "namespace", group: .network) { node in
    guard let why = node.foreignLinks else {
      if let why = node.network.links.reason { return .unknown("the links: \(why)") }
      return .fine("links and rules are of one network namespace")
    }
    let finding = NodeFinding(
      .error, "namespace-differs", what: why,
      why: "rules would be loaded where no packet of a pod passes",
      fix: Fix("run in the node's network namespace: hostNetwork: true in a pod, or --netns"))
    return .found([finding])
  }
}
