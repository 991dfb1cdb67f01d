import Glibc
import Host
import TestSupport
import Testing

/// The node of a laboratory with an agent that follows a directory of manifests.
final class AgentNode {
  let node: LiveNode
  private let manifests: Scratch
  private var starts = 0

  init(_ policies: [String] = [], tracks: Bool = true) throws {
    node = try LiveNode(tracks: tracks)
    manifests = try Scratch()
    try write(policies)
  }

  var laboratory: Laboratory { node.laboratory }

  /// The file as one who edits it leaves it: all at once.
  func write(_ policies: [String]) throws { try replace(Policies.manifest(policies)) }

  func replace(_ text: String) throws {
    try manifests.write("cluster.yaml.new", text)
    #expect(rename("\(manifests.path)/cluster.yaml.new", "\(manifests.path)/cluster.yaml") == 0)
  }

  func hideManifests() { rename(manifests.path, "\(manifests.path)-away") }

  func showManifests() { rename("\(manifests.path)-away", manifests.path) }

  /// Starts an agent and goes on.
  func start(_ arguments: String...) throws -> BackgroundProcess {
    try start(arguments)
  }

  /// The same.
  func start(_ arguments: [String]) throws -> BackgroundProcess {
    try launch(command + arguments)
  }

  /// Starts an agent and waits until the kernel holds what it wants.
  func started(_ arguments: String...) throws -> BackgroundProcess { try started(arguments) }

  /// The same.
  func started(_ arguments: [String]) throws -> BackgroundProcess {
    try awaited(start(arguments))
  }

  /// Starts an agent that may do little, and goes on.
  func start(confined confinement: Confinement, _ arguments: String...) throws -> BackgroundProcess
  {
    try launch(confined(confinement, arguments))
  }

  /// Starts an agent that may do little, and waits until the kernel holds what it wants.
  func started(
    confined confinement: Confinement, _ arguments: String...
  ) throws -> BackgroundProcess { try awaited(launch(confined(confinement, arguments))) }

  private func confined(_ confinement: Confinement, _ arguments: [String]) throws -> [String] {
    try confinement.prepare(node.stateDirectory)
    // Made for one user alone, as all directories of tests.
    _ = chmod(manifests.path, 0o755)
    if let scratch = node.scratch { _ = chmod(scratch.path, 0o755) }
    return confinement.command(command + arguments, writing: node.stateDirectory)
  }

  private func launch(_ command: [String]) throws -> BackgroundProcess {
    starts += 1
    return try laboratory.startInNode(
      command, output: "\(node.stateDirectory)-agent-\(starts)")
  }

  private func awaited(_ agent: BackgroundProcess) throws -> BackgroundProcess {
    try #require(agent.waitForOutput("the kernel holds what they want"), "\(agent.output)")
    return agent
  }

  /// Runs an agent to its end.
  func run(_ arguments: String...) throws -> ProcessResult { try run(arguments) }

  /// The same.
  func run(_ arguments: [String]) throws -> ProcessResult {
    try laboratory.runInNode(command + arguments)
  }

  private var command: [String] {
    [
      Program.agentPath, "--node-name", "n1", "--source", "dir:\(manifests.path)", "--state-dir",
      node.stateDirectory,
    ]
  }

  /// Whether the connection of one attempt gets through, once it does or has long had time to.
  func becomes(_ isAllowed: Bool, _ attempt: LabAttempt) throws -> Bool {
    try eventually(isAllowed, attempt, in: laboratory)
  }
}
