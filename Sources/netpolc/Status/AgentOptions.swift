import ArgumentParser
import Diagnostics
import Host
import Manifests

/// The agent that may keep the node, and what to wait for.
struct AgentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where this node's agent answers, as its --health-bind says. Default: \(defaultAddress), where one may answer.",
      valueName: "address"))
  var agent: ListenAddress?

  @Option(
    help: ArgumentHelp(
      "Ask the agent about one policy only: whether it is in force, which pods of this node it isolates, and what its rules let pass.",
      valueName: "namespace/name"))
  var policy: String?

  @Flag(
    help:
      "Ask the agent only whether it is ready, as its /readyz says, for a container's probe.")
  var probe = false

  @Flag(help: "Wait until the agent enforces all that it knows, and --policy with it.")
  var wait = false

  @Option(help: ArgumentHelp("How long to wait; 30s, if not given.", valueName: "time"))
  var timeout: TimeSpan?

  static let defaultAddress = ListenAddress.port(host: "127.0.0.1", 10268)

  func validate() throws {
    if timeout != nil, !wait { throw ValidationError("--timeout is how long to --wait") }
    if probe, policy != nil { throw ValidationError("--probe asks about no --policy") }
    if let policy, policy.split(separator: "/", omittingEmptySubsequences: false).count != 2 {
      throw ValidationError("\(policy) is no policy: NAMESPACE/NAME")
    }
  }

  /// Whether what is asked for can only come from an agent.
  var needsAgent: Bool { agent != nil || policy != nil || wait || probe }

  private var address: ListenAddress { agent ?? Self.defaultAddress }

  /// The agent of a network namespace; nil when there is none.
  func answer(for namespace: NetworkNamespace) throws -> AgentAnswer? {
    do {
      let answer = try AgentAnswer(of: address)
      if let answer, answer.networkNamespace != (try namespace.inode) {
        if !needsAgent { return nil }
        throw Console.fail(
          "the agent at \(address) keeps another network namespace", .environment)
      }
      return answer
    } catch let failure as AgentFailure {
      if !needsAgent { return nil }
      throw Console.fail("\(failure)", .environment)
    }
  }

  var nobody: ExitCode {
    Console.fail(
      "no agent answers at \(address); --agent says where, as its --health-bind does",
      .environment)
  }

  /// What the agent knows of a policy; nil when there is no agent.
  func policyAnswer(_ policy: String) throws -> ManifestValue? {
    do {
      return try AgentAnswer.ask(
        "/status.json?policy=\(policy)", address, "netpolc.agent-policy/v1")
    } catch {
      throw Console.fail("\(error)", .environment)
    }
  }

  /// Whether the agent is ready; nil when there is none.
  func readiness() throws -> Readiness? {
    do {
      return try Readiness(of: address)
    } catch {
      throw Console.fail("\(error)", .environment)
    }
  }

  /// Looks once; to wait, until `isDone` or the time is over.
  func answer<Answer>(
    _ look: () throws -> Answer?, until isDone: (Answer) -> Bool
  ) throws -> Answer? {
    let end = ContinuousClock.now + .seconds(timeout?.seconds ?? 30)
    while true {
      let answer = try look()
      if !wait || answer.map(isDone) ?? false || ContinuousClock.now > end {
        if answer == nil, needsAgent { throw nobody }
        return answer
      }
      sleepMilliseconds(100)
    }
  }
}

extension ListenAddress: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
