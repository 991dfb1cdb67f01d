import Agent
import Apply
import Diagnostics
import Incremental
import NetSets
import Netfilter
import PolicyModel
import Testing

/// What an agent answers when it is asked how it is.
@Suite struct StatusTests {
  private let now = ContinuousClock.now
  private var status = AgentStatus(
    node: "n1", namespace: 4_026_531_840, started: 1_764_057_600)

  init() { status.lastTurn = now }

  @Test mutating func `a loop that turns is live, and one that is stuck is not`() {
    #expect(Health.live(status, at: now + .seconds(3)).isGood)
    let stuck = Health.live(status, at: now + .seconds(20))
    #expect(!stuck.isGood)
    #expect(
      stuck.text(isVerbose: false) == "[-]loop failed: no turn for 20 s\nlivez check failed\n")
  }

  @Test mutating func `it is ready when all is known and in force`() {
    #expect(!Health.ready(status, at: now).isGood)
    status.sourceProblems = ["the directory is away"]
    #expect(
      Health.ready(status, at: now).text(isVerbose: true)
        == """
        [-]objects failed: the directory is away
        [+]kernel ok
        [+]up-to-date ok
        readyz check failed

        """)
    status.isSynced = true
    #expect(Health.ready(status, at: now).text(isVerbose: false) == "ok")
  }

  @Test mutating func `with the rules of an earlier time it is ready, and says that they are`() {
    status.isStale = true
    let health = Health.ready(status, at: now)
    #expect(health.isGood)
    #expect(health.text(isVerbose: false) == "stale")
  }

  @Test
  mutating func `what the kernel refuses makes it unready at once, what takes long after 30 s`() {
    status.isSynced = true
    status.behindSince = now
    #expect(Health.ready(status, at: now + .seconds(29)).isGood)
    #expect(!Health.ready(status, at: now + .seconds(31)).isGood)
    status.behindSince = nil
    status.refusal = "the kernel refused add chain"
    #expect(!Health.ready(status, at: now).isGood)
  }

  @Test mutating func `metrics are Prometheus' text`() {
    status.firewall = .iptables(.legacy)
    status.transactions = 3
    status.pods = 7
    status.localPods = 2
    status.quarantined = [
      ObjectReference(kind: "NetworkPolicy", namespace: "shop", name: #"a"b\c"#)
    ]
    status.syncs.add(.milliseconds(3))
    status.syncs.add(.seconds(60))
    var pods = WatchCount(resource: "pods")
    pods.events = 9
    pods.restarts = [.failed: 1]
    pods.lastEvent = 1_764_057_700
    status.watches = [pods]
    let policy = ObjectReference(kind: "NetworkPolicy", namespace: "shop", name: "db")
    let counts = NodeCounts(
      packets: [
        .policy(policy, .egress): PacketCount(packets: 4, bytes: 240),
        .isolation(namespace: "shop", .ingress): PacketCount(packets: 6, bytes: 1),
      ],
      others: ["not-new": PacketCount(packets: 2, bytes: 3), "deny-in": PacketCount()],
      sizes: [.ipv6: TableSize(chains: 1, rules: 20, sets: 3, elements: 40)])
    let lines = Metrics(status, counts, version: "1", kernel: "6.18", process: nil).text.split(
      separator: "\n")
    let program = #"{version="1",backend="iptables (legacy)",kernel="6.18"}"#
    #expect(lines.contains("netpolc_build_info\(program) 1"))
    #expect(lines.contains("netpolc_watch_events_total{resource=\"pods\"} 9"))
    #expect(
      lines.contains("netpolc_watch_restarts_total{resource=\"pods\",reason=\"failed\"} 1"))
    #expect(
      lines.contains("netpolc_watch_last_event_timestamp_seconds{resource=\"pods\"} 1764057700"))
    let labels = #"{namespace="shop",policy="db",direction="egress",verdict="allow"}"#
    #expect(lines.contains("netpolc_policy_packets_total\(labels) 4"))
    #expect(lines.contains("netpolc_policy_bytes_total\(labels) 240"))
    #expect(
      lines.contains(#"netpolc_denied_packets_total{namespace="shop",direction="ingress"} 6"#))
    #expect(lines.contains("netpolc_other_denied_packets_total{reason=\"not-new\"} 2"))
    #expect(lines.contains("netpolc_rules{family=\"ip6\"} 20"))
    #expect(lines.contains("netpolc_set_elements{family=\"ip6\"} 40"))
    #expect(lines.contains("netpolc_sync_total{result=\"changed\"} 3"))
    #expect(lines.contains("netpolc_pods{place=\"elsewhere\"} 5"))
    #expect(
      lines.contains(#"netpolc_quarantined_policies{namespace="shop",policy="a\"b\\c"} 1"#))
    #expect(lines.contains("netpolc_sync_duration_seconds_bucket{phase=\"total\",le=\"0.002\"} 0"))
    #expect(lines.contains("netpolc_sync_duration_seconds_bucket{phase=\"total\",le=\"0.005\"} 1"))
    #expect(lines.contains("netpolc_sync_duration_seconds_bucket{phase=\"total\",le=\"10\"} 1"))
    #expect(lines.contains("netpolc_sync_duration_seconds_bucket{phase=\"total\",le=\"+Inf\"} 2"))
    #expect(lines.contains("netpolc_sync_duration_seconds_sum{phase=\"total\"} 60.003"))
    let parts = NodeCounts(
      parts: [
        CountedPart(.policy(policy, .egress), part: "egress[0] ports[1]"):
          PacketCount(packets: 4, bytes: 240)
      ])
    let byRule = Metrics(status, parts, version: "1", kernel: "6.18", process: nil).text
    let rule = #"direction="egress",rule="egress[0] ports[1]",verdict="allow"} 4"#
    #expect(byRule.contains(#"netpolc_policy_packets_total{namespace="shop",policy="db",\#(rule)"#))
    // Every family says its type once, before its samples, and every sample belongs to one.
    var families: Set<Substring> = []
    for line in lines where line.hasPrefix("# TYPE ") {
      #expect(families.insert(line.split(separator: " ")[2]).inserted, "\(line)")
    }
    for line in lines where !line.hasPrefix("#") {
      let name = line.prefix { $0 != " " && $0 != "{" }
      let isKnown =
        families.contains(name)
        || ["_bucket", "_sum", "_count"].contains { suffix in
          name.hasSuffix(suffix) && families.contains(name.dropLast(suffix.count))
        }
      #expect(isKnown, "\(line)")
    }
  }
}
