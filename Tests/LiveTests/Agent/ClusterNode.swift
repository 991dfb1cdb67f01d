import APIServer
import Glibc
import Host
import TestSupport
import Testing

/// The node of a laboratory with an agent that follows an API server, over TLS on loopback.
///
/// The agent works in the node's network namespace from outside of it, where the server is.
final class ClusterNode {
  let node: LiveNode
  let server: APIServer
  private var starts = 0

  /// - Parameter policies: with which the server begins.
  convenience init(_ policies: [String] = []) async throws {
    try await self.init(on: LiveNode())
    try put(Policies.manifest(policies))
  }

  /// With a server that has nothing yet.
  init(on node: LiveNode) async throws {
    self.node = node
    server = try APIServer()
    try await server.start()
  }

  var laboratory: Laboratory { node.laboratory }

  /// Puts every object of a manifest.
  func put(_ manifest: String) throws {
    for document in manifest.split(separator: "\n---\n") {
      server.put(try StoredObject(manifest: String(document)))
    }
  }

  func remove(_ plural: String, _ name: String, namespace: String = "shop") {
    server.remove(StoredObject.Key(plural, namespace, name))
  }

  func start(_ arguments: String...) throws -> BackgroundProcess { try start(arguments) }

  /// Starts an agent and waits until the kernel holds what it wants.
  func started(_ arguments: String...) throws -> BackgroundProcess { try started(arguments) }

  /// The same.
  func started(_ arguments: [String]) throws -> BackgroundProcess {
    let agent = try start(arguments)
    try #require(agent.waitForOutput("the kernel holds what they want"), "\(agent.output)")
    return agent
  }

  func start(_ arguments: [String]) throws -> BackgroundProcess {
    starts += 1
    return try BackgroundProcess(
      [
        Program.agentPath, "--node-name", "n1", "--kubeconfig",
        try TestCertificates.shared.get().kubeconfig(port: server.port), "--netns",
        laboratory.nodeNamespace.path, "--state-dir", node.stateDirectory, "--health-bind",
        "127.0.0.1:0",
      ] + arguments, output: "\(node.stateDirectory)-agent-\(starts)")
  }

  /// Whether the connection of one attempt gets through, once it does or has long had time to.
  func becomes(
    _ isAllowed: Bool, _ attempt: LabAttempt, seconds: Double = 10
  ) throws -> Bool {
    try eventually(isAllowed, attempt, in: laboratory, seconds: seconds)
  }

  /// What an agent answers.
  func ask(_ agent: BackgroundProcess, _ path: String) throws -> String {
    let port = agent.output.split(separator: "answers who asks how it is at=\"127.0.0.1:").last?
      .prefix { $0.isWholeNumber }
    let result = try runProcess(
      ["curl", "-s", "-w", "%{http_code}", "http://127.0.0.1:\(port ?? "")\(path)"], input: "")
    return result.output
  }
}

/// Whether the connection of one attempt gets through, once it does or has long had time to.
func eventually(
  _ isAllowed: Bool, _ attempt: LabAttempt, in laboratory: Laboratory, seconds: Double = 10
) throws -> Bool {
  let deadline = ContinuousClock.now + .milliseconds(Int(seconds * 1000))
  while ContinuousClock.now < deadline {
    if try laboratory.run([attempt])[0] == isAllowed { return true }
    usleep(50_000)
  }
  return false
}
