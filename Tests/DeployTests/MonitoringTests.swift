import Agent
import Apply
import Denials
import Diagnostics
import Host
import Incremental
import Manifests
import NetSets
import Netfilter
import PolicyModel
import TestSupport
import Testing

/// Alerts and the dashboard, against the metrics that an agent has.
@Suite struct MonitoringTests {
  /// The lines of an agent that has something to say of everything.
  private static let samples: [Substring] = {
    var status = AgentStatus(node: "n1", namespace: 1, started: 0)
    status.watches = [WatchCount(resource: "pods")]
    status.denyEvents = DenyEvents.Counts()
    let policy = ObjectReference(kind: "NetworkPolicy", namespace: "shop", name: "p")
    let counts = NodeCounts(
      packets: [
        .policy(policy, .ingress): PacketCount(),
        .isolation(namespace: "shop", .ingress): PacketCount(),
      ], others: ["not-new": PacketCount()],
      sizes: [.ipv4: TableSize(chains: 0, rules: 0, sets: 0, elements: 0)])
    status.quarantined = [ObjectReference(kind: "NetworkPolicy", namespace: "shop", name: "p")]
    let text = Metrics(status, counts, version: "1", kernel: "6", process: try? Accounting()).text
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
  }()

  private static let names = Set(samples.map { $0.prefix { $0 != "{" && $0 != " " } })

  private static let alerts = "kustomize/monitoring/prometheusrule.yaml"
  private static let dashboard = "grafana/netpolc-agent.json"

  private func rules() throws -> [ManifestValue] {
    let groups = try DeployFiles.object("PrometheusRule", in: Self.alerts).at("spec", "groups")
    return groups?.items.flatMap { $0["rules"]?.items.map(\.self) ?? [] } ?? []
  }

  private func panels() throws -> [ManifestValue] {
    try DeployFiles.documents(Self.dashboard).first?["panels"]?.items.map(\.self) ?? []
  }

  private func expressions() throws -> [String] {
    try rules().compactMap { $0["expr"]?.text }
      + panels().flatMap { $0["targets"]?.items.compactMap { $0["expr"]?.text } ?? [] }
  }

  @Test func `every metric that is asked for is answered`() throws {
    let expressions = try expressions()
    #expect(expressions.count > 15)
    for expression in expressions {
      let asked = expression.matches(of: /\b(?:netpolc|process)_[a-z_]+/).map(\.output)
      #expect(!asked.isEmpty || expression.hasPrefix("up{"), "\(expression)")
      for name in asked where name != "netpolc_agent" {
        #expect(Self.names.contains(name), "\(name) in \(expression)")
      }
    }
  }

  @Test func `every label that an expression sums by is one of its metric`() throws {
    // By Prometheus or the monitor: the node, and buckets' bounds.
    let added: Set<Substring> = ["node"]
    for expression in try expressions() {
      let metrics = expression.matches(of: /netpolc_[a-z_]+/).map(\.output)
      for grouping in expression.matches(of: /by \(([a-z, ]+)\)/) {
        for label in grouping.output.1.split(separator: ", ") where !added.contains(label) {
          let isThere = Self.samples.contains { sample in
            metrics.contains { sample.hasPrefix("\($0){") } && sample.contains("\(label)=\"")
          }
          #expect(isThere, "\(label) in \(expression)")
        }
      }
      for matcher in expression.matches(of: /netpolc_[a-z_]+{([a-z]+)="([a-z]+)"}/) {
        #expect(
          Self.samples.contains { $0.hasPrefix("\(matcher.output.0)") }, "\(matcher.output.0)")
      }
    }
  }

  @Test func `every alert says what is wrong and what to do, and how grave it is`() throws {
    let rules = try rules()
    #expect(Set(rules.map { $0["alert"]?.text }).count == rules.count)
    for rule in rules {
      #expect(["warning", "critical"].contains(rule.at("labels", "severity")?.text))
      #expect(rule.at("annotations", "summary")?.text.isEmpty == false)
      #expect(rule.at("annotations", "description")?.text.isEmpty == false)
    }
  }

  @Test func `the job that an alert names is the one of the monitor`() throws {
    let monitor = try DeployFiles.object("PodMonitor", in: "kustomize/monitoring/podmonitor.yaml")
    let name = monitor.at("metadata", "name")?.text ?? ""
    // As the Prometheus operator calls the jobs of PodMonitors.
    let job = "\(monitor.at("metadata", "namespace")?.text ?? "")/\(name)"
    let named = try rules().compactMap {
      $0["expr"]?.text.firstMatch(of: /job="([^"]+)"/)?.output.1
    }
    #expect(named == ["\(job)"])
  }

  @Test func `what alerts say of the agent is where they say`() throws {
    let text = try DeployFiles.text(Self.alerts)
    let binding = try ProgramOptions(of: ["netpolc-agent"]).defaultValue(of: "--health-bind")
    let addresses = text.matches(of: /http:\/\/([^\/]+)(\/[a-z.]+)/)
    #expect(addresses.count == 2)
    for address in addresses {
      #expect("\(address.output.1)" == binding)
      #expect(["/readyz", "/status.json"].contains(address.output.2))
    }
    #expect(
      AgentStatus(node: "n", namespace: 1, started: 0).json(version: "1", nil).line.contains(
        "\"sourceProblems\""))
  }

  @Test func `panels lie beside each other, not over each other`() throws {
    var taken: Set<[Int]> = []
    for panel in try panels() {
      let place = try ["x", "y", "w", "h"].map { try #require(panel.at("gridPos", $0)?.integer) }
      #expect(place[0] + place[2] <= 24)
      for x in place[0]..<place[0] + place[2] {
        for y in place[1]..<place[1] + place[3] {
          #expect(taken.insert([x, y]).inserted, "\(panel["title"]?.text ?? "")")
        }
      }
    }
    #expect(Set(try panels().map { $0["id"]?.text }).count == (try panels().count))
  }
}
