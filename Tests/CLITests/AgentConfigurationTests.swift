import Glibc
import Host
import TestSupport
import Testing

/// How an agent is told: by its command line, the environment and a file.
@Suite struct AgentConfigurationTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write(
      "agent.yaml",
      """
      node-name: from-file
      resync: 30
      deny-log: true
      log-level: error
      health-bind: ["127.0.0.1:0", "unix:a b"]
      """)
  }

  private func agent(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> ProcessResult {
    let all = environment.map { "\($0.key)=\($0.value)" } + [Program.agentPath] + arguments
    return try scratch.run(["env", "-i"] + all)
  }

  @Test func `the command line counts more than the environment, that more than the file`() throws {
    let result = try agent(
      "--config", "agent.yaml", "--print-config", "--log-level", "debug",
      environment: ["NETPOLC_NODE_NAME": "from-environment", "NETPOLC_LOG_LEVEL": "warning"])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    for line in [
      "node-name: from-environment  # $NETPOLC_NODE_NAME", "resync: 30  # agent.yaml:2:9",
      "deny-log: true  # agent.yaml:3:11", "log-level: debug  # the command line",
      #"health-bind: [127.0.0.1:0, "unix:a b"]  # agent.yaml:5:14"#, "once: false  # default",
      "# kubeconfig:",
    ] {
      #expect(lines.contains { $0 == line }, "\(line) in \(result.output)")
    }
  }

  @Test func `what is printed says the same when it is read`() throws {
    let first = try agent("--config", "agent.yaml", "--print-config").output
    try scratch.write("again.yaml", first)
    let second = try agent("--config", "again.yaml", "--print-config").output
    func values(_ text: String) -> [Substring] {
      text.split(separator: "\n").map {
        $0.prefix(upTo: $0.firstRange(of: "  #")?.lowerBound ?? $0.endIndex)
      }
    }
    #expect(values(second) == values(first))
  }

  @Test func `how connections leave is told like everything else`() throws {
    try scratch.write(
      "agent.yaml", "masq-from: [10.244.0.0/16, fd00::/8]\nmasq-ports: 1024-2047\n")
    let result = try agent(
      "--config", "agent.yaml", "--print-config",
      environment: [
        "NETPOLC_MASQ_SKIP": "192.168.0.0/16,10.9.0.0/16", "NETPOLC_MASQ_PORTS": "4096-8191",
      ])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    for line in [
      "masq-from: [10.244.0.0/16, fd00::/8]  # agent.yaml:1:12",
      "masq-skip: [192.168.0.0/16, 10.9.0.0/16]  # $NETPOLC_MASQ_SKIP",
      "masq-ports: 4096-8191  # $NETPOLC_MASQ_PORTS", "# masq:",
    ] {
      #expect(lines.contains { $0 == line }, "\(line) in \(result.output)")
    }
  }

  @Test(arguments: [
    ("rsync: 30", "agent.yaml:1:8: error: there is no option rsync; perhaps resync"),
    ("resync: x", "agent.yaml:1:9: error: The value 'x' is invalid for '--resync <resync>'"),
    ("resync: 0", "agent.yaml:1:9: error: --resync is at least 1 second"),
    ("resync: [1]", "agent.yaml:1:9: error: resync has one value, not a list"),
    ("deny-log: perhaps", "agent.yaml:1:11: error: deny-log is true or false"),
    ("node-name:", "agent.yaml:1:11: error: node-name needs a value"),
    ("help: true", "agent.yaml:1:7: error: there is no option help"),
    ("- resync", "agent.yaml:1:1: error: expected one mapping of options to values"),
    ("a: [", "agent.yaml:1:5"),
  ])
  func `a mistake in the file is said at its place`(_ text: String, _ reason: String) throws {
    try scratch.write("agent.yaml", text)
    let result = try agent("--config", "agent.yaml", "--node-name", "n1")
    #expect(result.status == 64)
    #expect(result.errors.contains(reason), "\(result.errors)")
  }

  @Test func `a variable that is no option is refused, but not what kubelets set`() throws {
    let wrong = try agent("--print-config", environment: ["NETPOLC_RESYN": "1"])
    #expect(wrong.status == 64)
    #expect(
      wrong.errors
        == "$NETPOLC_RESYN: error: no option of netpolc-agent is called so; perhaps NETPOLC_RESYNC\n"
    )
    let links = ["NETPOLC_AGENT_SERVICE_HOST": "10.0.0.1", "NETPOLC_AGENT_PORT_80_TCP": "tcp://x"]
    #expect(try agent("--print-config", environment: links).status == 0)
  }

  @Test func `a file that is named and is not there is an error, and help needs none`() throws {
    let result = try agent("--config", "none.yaml")
    #expect(result.status == 64)
    #expect(result.errors == "none.yaml: No such file or directory\n")
    #expect(try agent("--help", environment: ["NETPOLC_CONFIG": "none.yaml"]).status == 0)
  }
}
