import TestSupport

/// What goes wrong with the API server, or on the way to it.
enum ServerFault: CaseIterable {
  case connectionsReset
  case eventsTruncated
  case watchesEnd
  case versionsExpire
  case serverErrs
  case garbageComes
  case historyForgotten
  case requestsFail
  case serverGoesAway
  case connectionsHang
  case nobodyAnswers

  /// How many attempts in a row fail by it, at most.
  var failures: Int {
    switch self {
    case .watchesEnd: 0
    case .connectionsReset, .eventsTruncated, .versionsExpire, .serverErrs, .garbageComes: 1
    case .historyForgotten, .serverGoesAway, .connectionsHang, .nobodyAnswers: 2
    case .requestsFail: 3
    }
  }
}

/// What happens to the agent.
enum AgentFault: CaseIterable {
  case killed
  /// With its node, and finds a kernel without rules, and no server.
  case bootedWithoutServer
}

/// What others write to nftables.
enum ForeignFault: CaseIterable {
  case rulesetFlushed
  case tableDeleted
  case ruleInserted
  case chainFlushed
  case elementsDeleted
  case elementAdded
  case otherTableWritten
}

/// Draws all of them in a random order, and then all again.
struct Bag<Element: CaseIterable> {
  private var rest: [Element] = []

  mutating func draw(_ random: inout SplitMix64) -> Element {
    if rest.isEmpty { rest = Element.allCases.shuffled(using: &random) }
    return rest.removeLast()
  }
}

/// How often reading may fail: waits after failures double up to a minute, and begin anew after a
/// quarter of one without any.
struct FaultAllowance {
  private var count = 0
  private var last = ContinuousClock.now

  private static let most = 5
  private static let calm = Duration.seconds(20)

  /// Whether so many more may come; then they are taken to come.
  mutating func takes(_ failures: Int, at now: ContinuousClock.Instant = .now) -> Bool {
    if now - last > Self.calm { count = 0 }
    guard count + failures <= Self.most else { return false }
    count += failures
    last = now
    return true
  }
}
