import Host
import TestSupport
import Testing

/// The unit of systemd, against the program that it starts.
@Suite struct ServiceTests {
  private static let path = "systemd/netpolc-agent.service"

  /// Assignments, in order.
  private func settings(_ path: String = path) throws -> [(key: String, value: String)] {
    try DeployFiles.text(path).split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
      let parts = $0.split(separator: "=", maxSplits: 1).map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
  }

  private func setting(_ key: String) throws -> String {
    let values = try settings().filter { $0.key == key }.map(\.value)
    #expect(values.count == 1, "\(key)")
    return values.first ?? ""
  }

  @Test func `its options are those of the agent`() throws {
    let command = try setting("ExecStart").split(separator: " ").map(String.init)
    #expect(command == ["/usr/local/bin/netpolc-agent", "$FLAGS"])
    let options = try ProgramOptions(of: command)
    let flags = try settings("systemd/agent.env").filter { $0.key == "FLAGS" }.map(\.value)
    #expect(flags.count == 1)
    options.check(flags, in: "agent.env")
    // Those that comments speak of.
    let text = try DeployFiles.text(Self.path)
    options.check(text.matches(of: /--[a-z-]+=/).map { String($0.output) }, in: Self.path)
  }

  @Test func `the variables that it sets are those that the agent reads`() throws {
    let help = try runProcess([Program.agentPath, "--help"]).output
    let names = try setting("Environment").split(separator: " ").map { $0.prefix { $0 != "=" } }
    #expect(names == ["NODE_NAME", "KUBECONFIG"])
    for name in names { #expect(help.contains("$\(name)")) }
  }

  @Test func `its state is where the agent keeps it`() throws {
    let options = try ProgramOptions(of: ["netpolc-agent"])
    #expect(
      try "/var/lib/\(setting("StateDirectory"))" == options.defaultValue(of: "--state-dir"))
  }

  @Test func `it runs as nobody in particular, with one capability`() throws {
    #expect(try setting("DynamicUser") == "yes")
    #expect(try setting("AmbientCapabilities") == "CAP_NET_ADMIN")
    #expect(try setting("CapabilityBoundingSet") == "CAP_NET_ADMIN")
    #expect(try setting("ProtectSystem") == "strict")
    #expect(try setting("NoNewPrivileges") == "yes")
  }

  @Test(
    .enabled(if: findExecutable("systemd-analyze") != nil, "systemd-analyze is not installed."))
  func `systemd has nothing to complain about`() throws {
    let scratch = try Scratch()
    // It looks whether the program is there.
    let unit = try DeployFiles.text(Self.path).replacing(
      "ExecStart=/usr/local/bin/netpolc-agent", with: "ExecStart=\(Program.agentPath)")
    try scratch.write("netpolc-agent.service", unit)
    let result = try scratch.run([
      "systemd-analyze", "verify", "--man=no", "./netpolc-agent.service",
    ])
    #expect(result.status == 0)
    let about = result.errors.split(separator: "\n").filter { $0.contains("netpolc") }
    #expect(about == [], "\(result.errors)")
  }
}
