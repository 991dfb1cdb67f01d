import APIServer
import KubernetesAPI
import TestSupport
import Testing

@Suite struct PropertyTests {
  /// Whatever happens to objects, connections and the server: when it is quiet, the follower has
  /// what the server has.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func `the follower ends with the server's objects`(_ seed: UInt64) async throws {
    let streaming: [APIServer.StreamingLists] = [.supported, .refused]
    let server = try APIServer(version: 1_000_000_000_000)
    server.settings.streamingLists = streaming[Int(seed % 2)]
    server.settings.refusesFuture = seed % 3 == 0
    for index in 0..<5 { server.put(pod("p\(index)")) }
    try await server.start()
    try await Following(of: server) {
      $0.pageSize = 2
      $0.silence = .seconds(1)
    }.whileFollowing { following in
      var random = SplitMix64(seed: seed)
      for step in 0..<60 {
        try await disturb(server, step: step, &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0..<3:
          try await Task.sleep(for: .milliseconds(Int.random(in: 0..<8, using: &random)))
        case 3..<6: try await settle(following, seed)
        default: break
        }
      }
      server.heal()
      try await settle(following, seed)
    }
  }

  private func settle(_ following: Following, _ seed: UInt64) async throws {
    try await following.until("all is equal, seed \(seed)") {
      // What a real server does every minute; shows that its history is another.
      following.server.disturb(.bookmark)
      return following.isEqual
    }
  }

  private func disturb(
    _ server: APIServer, step: Int, _ random: inout SplitMix64
  ) async throws {
    let name = "p\(Int.random(in: 0..<8, using: &random))"
    switch Int.random(in: 0..<32, using: &random) {
    case 0..<10: server.put(pod(name, "\(step)"))
    case 10..<15: server.remove(key(name))
    case 15: server.disturb(.reset)
    case 16: server.disturb(.truncate)
    case 17: server.disturb(.end)
    case 18: server.disturb(.error(410, reason: "Expired"))
    case 19: server.disturb(.error(500, reason: "InternalError"))
    case 20: server.disturb(.bookmark)
    case 21: server.disturb(.raw("{\"type\":\"ADDED\",\"object\":{}}\n"))
    case 22: server.compact()
    case 23: server.expirePages()
    case 24: server.skipVersions(10)
    case 25: server.fail(.list, .reset)
    case 26: server.fail(.list, .truncated)
    case 27: server.fail(.list, .silence)
    case 28: server.fail(.watch, .status(500, reason: "InternalError"))
    case 29: server.fail(.stream, .status(503, reason: "ServiceUnavailable"))
    case 30:
      try await server.stop()
      try await Task.sleep(for: .milliseconds(3))
      try await server.start()
    default:
      try await server.stop()
      let kept = server.store.objects("pods").shuffled(using: &random).prefix(3)
      // Far enough back that it does not grow past what was seen before anybody could notice.
      server.restore(version: server.store.version / 50, objects: Array(kept))
      try await server.start()
    }
  }
}
