import Denials
import Diagnostics
import TestSupport
import Testing

/// Which Events are written of denied packets, and when.
@Suite struct DenyEventsTests {
  private var packets: DeniedPackets
  private let begin = ContinuousClock.now
  private var events: DenyEvents
  private static let web = DenyEvent.Pod(
    reference: ObjectReference(kind: "Pod", namespace: "shop", name: "web"), uid: "u1")

  init() throws {
    packets = try DeniedPackets()
    events = DenyEvents(at: begin)
  }

  private func at(_ seconds: Int) -> ContinuousClock.Instant { begin + .seconds(seconds) }

  private mutating func deny(
    _ second: Int, from source: String = "10.0.0.2", port: UInt16 = 80,
    of pod: DenyEvent.Pod = Self.web
  ) throws {
    events.add(
      try packets.tcp(from: source, port: port, second: second), of: pod, at: at(second))
  }

  /// Writes all that may be written at that time, with one outcome.
  private mutating func write(
    _ second: Int, _ outcome: DenyEvents.Outcome = .taken
  ) -> [DenyEvents.Write.Request] {
    var requests: [DenyEvents.Write.Request] = []
    while case .write(let write)? = events.next(at: at(second)) {
      requests.append(write.request)
      events.finish(write, outcome, at: at(second))
    }
    return requests
  }

  private func summary(_ requests: [DenyEvents.Write.Request]) -> [String] {
    requests.map { request in
      switch request {
      case .create(let event): "create \(event.json(node: "n1")["series"]?.line ?? "one")"
      case .update(_, let occurrences): "update to \(occurrences.count)"
      }
    }
  }

  @Test mutating func `an Event has what the API demands, and what a developer asks`() throws {
    try deny(0)
    guard case .create(let event)? = write(0).first else { throw Missing() }
    let json = event.json(node: "n1")
    #expect(json["apiVersion"]?.line == "\"events.k8s.io/v1\"")
    #expect(
      json["note"]?.line
        == "\"shop/api (10.0.0.2) -> shop/web (10.0.0.1:80) TCP: "
        + "ingress denied by NetworkPolicy shop/web-only test.yaml:16\"")
    #expect(
      json["regarding"]?.line
        == #"{"apiVersion":"v1","kind":"Pod","namespace":"shop","name":"web","uid":"u1"}"#)
    #expect(
      json["related"]?.line == #"{"apiVersion":"v1","kind":"Pod","namespace":"shop","name":"api"}"#)
    #expect(json["eventTime"]?.line == "\"2026-11-25T08:00:00.000000Z\"")
    #expect(json["reason"]?.line == "\"NetworkPolicyDenied\"")
    #expect(json["action"]?.line == "\"DenyIngress\"")
    #expect(json["type"]?.line == "\"Warning\"")
    #expect(json["reportingController"]?.line == "\"netpolc.dev/agent\"")
    #expect(json["reportingInstance"]?.line == "\"n1\"")
    #expect(json["series"] == nil)
    #expect(event.namespace == "shop")
    #expect(event.name.hasPrefix("web."))
  }

  @Test mutating func `of a policy that is only tried an Event says what it would deny`() throws {
    packets = try DeniedPackets(isAudited: true)
    events.add(
      try packets.tcp(prefix: "netpolc audit-in "), of: Self.web, at: at(0))
    guard case .create(let event)? = write(0).first else { throw Missing() }
    let json = event.json(node: "n1")
    #expect(
      json["note"]?.line
        == "\"shop/api (10.0.0.2) -> shop/web (10.0.0.1:80) TCP: "
        + "ingress would be denied by NetworkPolicy shop/web-only test.yaml:16\"")
    #expect(json["reason"]?.line == "\"NetworkPolicyWouldDeny\"")
    #expect(json["action"]?.line == "\"AuditIngress\"")
    #expect(json["type"]?.line == "\"Normal\"")
    // Once it is enforced, what it denies is another Event.
    packets = try DeniedPackets()
    try deny(20)
    guard case .create(let denied)? = write(20).first else { throw Missing() }
    #expect(denied.json(node: "n1")["reason"]?.line == "\"NetworkPolicyDenied\"")
  }

  @Test mutating func `names and notes are no longer than the API takes them`() throws {
    let name = String(repeating: "a", count: 240)
    packets = try DeniedPackets(policies: (0..<5).map { "\(name).\($0)" })
    let pod = DenyEvent.Pod(
      reference: ObjectReference(
        kind: "Pod", namespace: "shop", name: "\(name)-\(String(repeating: "c", count: 12))"),
      uid: "u")
    try deny(0, of: pod)
    guard case .create(let event)? = write(0).first else { throw Missing() }
    #expect(event.name.utf8.count <= 253)
    #expect(!event.name.contains("-."))
    let json = event.json(node: String(repeating: "n", count: 253))
    // Between quotes.
    #expect(json["note"]?.line.utf8.count == 1024 + 2)
    #expect(json["note"]?.line.hasSuffix("...\"") == true)
    #expect(json["reportingInstance"]?.line == "\"\(String(repeating: "n", count: 128))\"")
  }

  @Test mutating func `what repeats raises the count of one Event, less and less often`() throws {
    var said: [String] = []
    // A packet a second for ten minutes.
    for second in 0..<600 {
      try deny(second)
      said += summary(write(second)).map { "\(second): \($0)" }
    }
    #expect(
      said == [
        "0: create one", "10: update to 11", "30: update to 31", "70: update to 71",
        "150: update to 151", "310: update to 311",
      ])
    // The rest is told, too.
    #expect(summary(write(610)) == ["update to 600"])
    #expect(events.next(at: at(611)) == nil)
    #expect(events.counts == counts(created: 1, updated: 6))
    // After a quiet time it is told soon again.
    try deny(2000)
    #expect(summary(write(2000)) == ["update to 601"])
    try deny(2001)
    #expect(summary(write(2010)) == ["update to 602"])
  }

  @Test mutating func `another port, peer or pod is another Event`() throws {
    try deny(0)
    try deny(0, port: 81)
    try deny(0, from: "203.0.113.9")
    try deny(
      0, of: DenyEvent.Pod(reference: Self.web.reference, uid: "the pod that came after it"))
    events.add(
      try packets.tcp(
        from: "10.0.0.1", to: "10.0.0.2", prefix: "netpolc deny-eg "), of: Self.web, at: at(0))
    #expect(summary(write(0)) == Array(repeating: "create one", count: 5))
  }

  @Test mutating func `other policies are another Event, no sooner`() throws {
    try deny(0)
    #expect(write(0).count == 1)
    packets = try DeniedPackets(policies: ["web-none"])
    try deny(1)
    #expect(write(1).isEmpty)
    guard case .create(let event)? = write(10).first else { throw Missing() }
    #expect(event.json(node: "n1")["note"]?.line.contains("shop/web-none") == true)
  }

  @Test mutating func `an Event that is no longer kept is made anew, with all that was counted`()
    throws
  {
    for second in 0..<3 { try deny(second) }
    #expect(
      summary(write(2)) == [
        #"create {"count":3,"lastObservedTime":"2026-11-25T08:00:02.000000Z"}"#
      ])
    try deny(20)
    guard case .write(let update)? = events.next(at: at(20)) else { throw Missing() }
    events.finish(update, .isGone, at: at(20))
    #expect(
      summary(write(20)) == [
        #"create {"count":4,"lastObservedTime":"2026-11-25T08:00:20.000000Z"}"#
      ])
    #expect(events.counts == counts(created: 2))
  }

  @Test
  mutating func `what the server did not take is sent again later, and what it never will is not`()
    throws
  {
    try deny(0)
    #expect(write(0, .failed).count == 1)
    #expect(write(9).isEmpty)
    #expect(write(10, .rejected).count == 1)
    #expect(events.next(at: at(600)) == nil)
    #expect(events.counts == counts(failed: 2))
  }

  @Test mutating func `packets that come while an Event is sent are not taken for told`() throws {
    try deny(0)
    guard case .write(let write)? = events.next(at: at(0)) else { throw Missing() }
    try deny(1)
    events.finish(write, .taken, at: at(1))
    #expect(summary(self.write(11)) == ["update to 2"])
  }

  @Test mutating func `who scans a pod makes few Events of it, and none fewer of others`() throws {
    for port in 1...1000 as ClosedRange<UInt16> { try deny(0, port: port) }
    #expect(write(0).count == 25)
    #expect(events.counts == counts(created: 25, suppressed: 975))
    let other = DenyEvent.Pod(
      reference: ObjectReference(kind: "Pod", namespace: "shop", name: "other"), uid: "u2")
    try deny(30, of: other)
    #expect(summary(write(30)) == ["create one"])
    try deny(30, port: 2000)
    #expect(write(60).isEmpty)
    // One more each five minutes.
    try deny(300, port: 2000)
    #expect(summary(write(300)) == ["create one"])
  }

  @Test mutating func `a node writes once a second after the first 25, and nothing is lost by it`()
    throws
  {
    for pod in 0..<40 {
      try deny(
        0,
        of: DenyEvent.Pod(
          reference: ObjectReference(kind: "Pod", namespace: "shop", name: "p\(pod)"),
          uid: "of p\(pod)"))
    }
    #expect(write(0).count == 25)
    for second in 1...15 { #expect(write(second).count == 1) }
    #expect(events.next(at: at(16)) == nil)
  }

  @Test mutating func `what is kept is bounded, also while nothing can be written`() throws {
    for pod in 0..<600 {
      try deny(
        0,
        of: DenyEvent.Pod(
          reference: ObjectReference(kind: "Pod", namespace: "shop", name: "p\(pod)"),
          uid: "of p\(pod)"))
    }
    #expect(events.counts.suppressed == 600 - 512)
    // What was told longest ago makes room for what is new.
    for second in 0..<520 { _ = write(second) }
    try deny(1000)
    #expect(summary(write(1000)) == ["create one"])
  }

  @Test mutating func `who has no pod is in no Event`() throws {
    events.add(
      try packets.tcp(to: "10.0.0.9", prefix: "netpolc deny-unknown "), of: Self.web, at: at(0))
    #expect(events.next(at: at(0)) == nil)
    #expect(events.counts == counts(suppressed: 1))
  }

  private func counts(
    created: Int = 0, updated: Int = 0, failed: Int = 0, suppressed: Int = 0
  ) -> DenyEvents.Counts {
    var counts = DenyEvents.Counts()
    counts.created = created
    counts.updated = updated
    counts.failed = failed
    counts.suppressed = suppressed
    return counts
  }

  private struct Missing: Error {}
}

extension JSON {
  fileprivate subscript(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }
}
