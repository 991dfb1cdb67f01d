import Agent
import ArgumentParser
import Diagnostics
import Host
import StatusServer

/// Where an agent is asked how it is.
struct ServingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where /livez, /readyz, /status.json and /metrics are answered: HOST:PORT or unix:PATH; repeatable. none for nowhere.",
      valueName: "address"))
  var healthBind = ["127.0.0.1:10268"]

  @Option(
    help: ArgumentHelp(
      "Where /metrics is answered for others: HOST:PORT or unix:PATH; repeatable.",
      valueName: "address"))
  var metricsBind: [String] = []

  func validate() throws { _ = try (addresses(healthBind), addresses(metricsBind)) }

  private func addresses(_ texts: [String]) throws -> [ListenAddress] {
    if texts == ["none"] { return [] }
    return try texts.map { text in
      guard let address = ListenAddress(text) else {
        throw ValidationError("\(text) is no address: HOST:PORT, [IPV6]:PORT or unix:PATH")
      }
      return address
    }
  }

  /// Answers until what is returned is closed.
  func serve(
    _ board: StatusBoard, _ questions: Questions, _ log: AgentLog
  ) throws -> Serving {
    let kernel = kernelRelease()
    @Sendable func metrics() async -> StatusAnswer {
      let counts = await questions.counts()
      return StatusAnswer(
        "text/plain; version=0.0.4; charset=utf-8",
        Metrics(
          board.status, counts, version: agentVersion, kernel: kernel, process: try? Accounting()
        ).text)
    }
    @Sendable func status(_ query: [String: String]) async -> StatusAnswer {
      guard let name = query["policy"] else {
        let status = board.status
        let counts = status.audited.isEmpty ? nil : await questions.counts()
        return StatusAnswer("application/json", status.json(version: agentVersion, counts).text)
      }
      guard let policy = ObjectReference(policy: name) else {
        return .text("policy is NAMESPACE/NAME\n", status: 400)
      }
      guard let status = await questions.policy(policy) else {
        return .text("the agent has no time to look it up\n", isGood: false)
      }
      return StatusAnswer("application/json", status.json.text)
    }
    let health = try StatusServer(addresses(healthBind)) { request in
      let now = ContinuousClock.now
      let isVerbose = request.query["verbose"] != nil
      switch request.path {
      case "/livez", "/healthz":
        let health = Health.live(board.status, at: now)
        return .text(health.text(isVerbose: isVerbose), isGood: health.isGood)
      case "/readyz":
        let health = Health.ready(board.status, at: now)
        return .text(health.text(isVerbose: isVerbose), isGood: health.isGood)
      case "/status.json": return await status(request.query)
      case "/metrics": return await metrics()
      default: return nil
      }
    }
    let others = try StatusServer(addresses(metricsBind)) { request in
      request.path == "/metrics" ? await metrics() : nil
    }
    log.listening(health.addresses + others.addresses)
    return Serving(servers: [health, others])
  }
}

extension ObjectReference {
  /// `shop/db`; nil for what is none.
  fileprivate init?(policy text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(kind: "NetworkPolicy", namespace: String(parts[0]), name: String(parts[1]))
  }
}

struct Serving {
  let servers: [StatusServer]

  func close() throws { for server in servers { try server.close() } }
}
