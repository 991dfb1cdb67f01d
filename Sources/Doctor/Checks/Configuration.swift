import CNI

extension Check {
  /// The files that tell runtimes and plugins of the network.
  static let configuration = Check(name: "cni-files", group: .network) { node in
    var findings = node.fileProblems.map { problem in
      NodeFinding(
        .error, "cni-file-broken", what: problem,
        why: """
          containerd starts no pod with such a file, other runtimes pass over it; which network pods \
          get is not what the directory says
          """,
        fix: Fix("mend or remove the file"))
    }
    guard let configuration = node.configuration else {
      return .of(findings, else: "no configuration in /etc/cni/net.d")
    }
    if configuration.version < .withCheck {
      findings.append(
        NodeFinding(
          .note, "cni-version-old",
          what: "\(configuration.path) is of cniVersion \(configuration.version)",
          why: """
            plugins chained to it are told nothing of a pod when it is deleted, and cannot be asked \
            whether all is well, both of which come with 0.4.0: one that sets policy up must keep its \
            own record
            """,
          fix: Fix("set cniVersion to 1.0.0, if all of its plugins know that version")))
    }
    return .of(findings, else: "\(configuration.path), cniVersion \(configuration.version)")
  }
}
