import TestSupport
import Testing

@testable import Capacity

/// What holds for any settings of any instance type, while pods come and go again.
@Suite struct WarmPoolPropertyTests {
  struct Case: Sendable, CustomStringConvertible {
    let description: String
    let settings: PoolSettings
    /// As pods come, then as they go.
    let states: [WarmPool]

    init(seed: UInt64) throws {
      var random = SplitMix64(seed: seed)
      let names = InstanceType.all.keys.sorted()
      let name = try #require(names.randomElement(using: &random))
      let type = try #require(InstanceType.all[name])
      let limit = Bool.random(using: &random) ? nil : Int.random(in: 1...4, using: &random)
      var settings = PoolSettings(type, maxInterfaces: limit)
      settings.hasPrefixDelegation = type.platform.takesPrefixes && Bool.random(using: &random)
      settings.hasCustomNetworking = Int.random(in: 0..<4, using: &random) == 0
      settings.warmInterfaces = Int.random(in: 0...3, using: &random)
      settings.warmPrefixes = Int.random(in: 0...3, using: &random)
      if Bool.random(using: &random) {
        settings.warmAddresses = Int.random(in: 0...40, using: &random)
        settings.minimumAddresses = Int.random(in: 0...40, using: &random)
      }
      let most = min(settings.capacity + 3, Int.random(in: 5...150, using: &random))
      states =
        WarmPool.states(settings, from: 0, to: most) + WarmPool.states(settings, from: most, to: 0)
      description = "seed \(seed): \(name), \(settings)"
      self.settings = settings
    }

    /// MINIMUM_IP_TARGET alone: the one way to run out with room left.
    var isMinimumOnly: Bool { settings.countsAddresses && settings.warmAddresses == 0 }

    var hasNoWarmTarget: Bool {
      !settings.countsAddresses
        && (settings.hasPrefixDelegation ? settings.warmPrefixes : settings.warmInterfaces) == 0
    }
  }

  static let cases = Result { try (0..<300).map { try Case(seed: $0) } }

  private func eachState(_ check: (Case, WarmPool) -> Void) throws {
    for example in try Self.cases.get() {
      for state in example.states { check(example, state) }
    }
  }

  @Test func `a pool holds no more than its ENIs can, and pods no more than it holds`() throws {
    try eachState { example, state in
      let (pool, settings) = (state.pool, example.settings)
      #expect(pool.available >= 0, "\(example)")
      #expect(pool.total <= settings.capacity, "\(example)")
      #expect(pool.interfaces.count <= max(settings.interfaces, 1), "\(example)")
      #expect(
        pool.interfaces.allSatisfy { $0.blocks <= settings.blocksPerInterface }, "\(example)")
      #expect(!settings.hasCustomNetworking || pool.interfaces[0].blocks == 0, "\(example)")
    }
  }

  @Test func `every pod has an address as long as there is room`() throws {
    try eachState { example, state in
      let room =
        example.isMinimumOnly
        ? min(
          example.settings.capacity,
          example.settings.minimumAddresses.roundedUp(to: example.settings.blockSize))
        : example.settings.capacity
      #expect(state.waiting == max(0, state.pods - room), "\(example) at \(state.pods)")
    }
  }

  @Test func `what the targets demand is there, coming and going, as far as ENIs reach`() throws {
    try eachState { example, state in
      let (pool, settings) = (state.pool, example.settings)
      let free = settings.capacity - pool.assigned
      let warm =
        if settings.countsAddresses { settings.warmAddresses } else if settings.hasPrefixDelegation
        { settings.warmPrefixes * 16 } else {
          settings.warmInterfaces * settings.addressesPerInterface
        }
      #expect(pool.available >= min(warm, free), "\(example) at \(state.pods)")
      if settings.countsAddresses {
        #expect(pool.total >= min(settings.minimumAddresses, settings.capacity), "\(example)")
      }
    }
  }

  @Test func `where addresses are counted there are just as many as the targets demand`() throws {
    try eachState { example, state in
      let (pool, settings) = (state.pool, example.settings)
      guard settings.countsAddresses else { return }
      let demanded = max(pool.assigned + settings.warmAddresses, settings.minimumAddresses)
        .roundedUp(to: settings.blockSize)
      #expect(pool.total == min(demanded, settings.capacity), "\(example) at \(state.pods)")
    }
  }

  @Test func `ipamd comes to rest, unless its target is nothing`() throws {
    try eachState { example, state in
      if !example.hasNoWarmTarget { #expect(state.settles, "\(example) at \(state.pods)") }
      guard state.settles else { return }
      var next = state.pool
      PoolManager(settings: example.settings).turn(&next)
      #expect(next == state.pool, "\(example) at \(state.pods)")
    }
  }

  @Test func `generated cases are of every kind`() throws {
    let cases = try Self.cases.get()
    #expect(cases.contains { $0.isMinimumOnly })
    #expect(cases.contains { $0.hasNoWarmTarget && $0.states.contains { !$0.settles } })
    #expect(cases.contains { $0.settings.hasPrefixDelegation && $0.settings.hasCustomNetworking })
    #expect(cases.contains { $0.states.contains { $0.pool.interfaces.count > 2 } })
    #expect(cases.contains { $0.settings.capacity == 0 })
  }
}

extension Int {
  fileprivate func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}
