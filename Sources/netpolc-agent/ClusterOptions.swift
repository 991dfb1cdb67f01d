import ArgumentParser
import Diagnostics
import Host
import KubernetesAPI

/// Which API server.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: "How to reach the API server. Default: $KUBECONFIG, or the pod's own cluster.",
    completion: .file())
  var kubeconfig: String?

  @Option(help: "A context of the kubeconfig; its current one, if not given.")
  var context: String?

  func validate() throws {
    if context != nil, path == nil {
      throw ValidationError("--context is one of a kubeconfig: name it with --kubeconfig")
    }
  }

  private var path: String? { kubeconfig ?? environment("KUBECONFIG") }

  /// Says all that is wrong, and ends the program.
  func access(_ log: AgentLog) throws -> ClusterAccess {
    var diagnostics = Diagnostics()
    let access =
      path.map { ClusterAccess(kubeconfig: $0, context: context, &diagnostics) }
      ?? ClusterAccess(inClusterWith: environment, &diagnostics)
    if let access { return access }
    for diagnostic in diagnostics.sorted {
      log.fail(diagnostic.reason + (diagnostic.hint.map { "; \($0)" } ?? ""))
    }
    throw ExitCode(3)
  }
}
