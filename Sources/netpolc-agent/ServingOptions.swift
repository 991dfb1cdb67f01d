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
  func serve(_ board: StatusBoard, _ log: AgentLog) throws -> Serving {
    let kernel = kernelRelease()
    @Sendable func metrics() -> StatusAnswer {
      StatusAnswer(
        "text/plain; version=0.0.4; charset=utf-8",
        Metrics(
          board.status, version: agentVersion, kernel: kernel, process: try? Accounting()
        ).text)
    }
    let health = try StatusServer(addresses(healthBind)) { path, isVerbose in
      let now = ContinuousClock.now
      switch path {
      case "/livez", "/healthz":
        let health = Health.live(board.status, at: now)
        return .text(health.text(isVerbose: isVerbose), isGood: health.isGood)
      case "/readyz":
        let health = Health.ready(board.status, at: now)
        return .text(health.text(isVerbose: isVerbose), isGood: health.isGood)
      case "/status.json":
        return StatusAnswer("application/json", board.status.json.text)
      case "/metrics": return metrics()
      default: return nil
      }
    }
    let others = try StatusServer(addresses(metricsBind)) { path, _ in
      path == "/metrics" ? metrics() : nil
    }
    log.listening(health.addresses + others.addresses)
    return Serving(servers: [health, others])
  }
}

struct Serving {
  let servers: [StatusServer]

  func close() throws { for server in servers { try server.close() } }
}
