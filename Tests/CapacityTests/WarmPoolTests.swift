import Capacity
import Testing

/// Against the tables in the documentation of `amazon-vpc-cni-k8s`, row by row.
@Suite struct WarmPoolTests {
  static func state(
    _ type: String, pods: Int, _ change: (inout PoolSettings) -> Void
  ) throws -> WarmPool {
    var settings = PoolSettings(try #require(InstanceType.all[type]))
    change(&settings)
    return try #require(WarmPool.states(settings, from: pods, to: pods).first)
  }

  // MARK: docs/eni-and-ip-target.md

  struct AddressRow: Sendable {
    let type: String
    /// `WARM_ENI_TARGET`, or both of `WARM_IP_TARGET` and `MINIMUM_IP_TARGET`.
    let warmENI: Int?
    let warmIP: Int
    let minimumIP: Int
    let pods: Int
    let enis: Int
    let addresses: Int
    let unused: Int
    /// In no order: `2,3` and `3,2` are the same to ipamd.
    let ofENIs: [Int]

    init(
      _ type: String, _ warmENI: Int?, _ warmIP: Int, _ minimumIP: Int, _ pods: Int, _ enis: Int,
      _ addresses: Int, _ unused: Int, _ ofENIs: [Int]
    ) {
      (self.type, self.warmENI, self.warmIP, self.minimumIP) = (type, warmENI, warmIP, minimumIP)
      (self.pods, self.enis, self.addresses, self.unused) = (pods, enis, addresses, unused)
      self.ofENIs = ofENIs
    }
  }

  static let addressRows = [
    AddressRow("t3.small", 1, 0, 0, 0, 1, 3, 3, [3]),
    AddressRow("t3.small", 1, 0, 0, 5, 3, 9, 4, [3, 3, 3]),
    AddressRow("t3.small", 1, 0, 0, 9, 3, 9, 0, [3, 3, 3]),
    AddressRow("t3.small", nil, 1, 1, 0, 1, 1, 1, [1]),
    AddressRow("t3.small", nil, 1, 1, 5, 2, 6, 1, [3, 3]),
    AddressRow("t3.small", nil, 1, 1, 9, 3, 9, 0, [3, 3, 3]),
    AddressRow("t3.small", nil, 2, 5, 0, 2, 5, 5, [2, 3]),
    AddressRow("t3.small", nil, 2, 5, 5, 3, 7, 2, [3, 3, 1]),
    AddressRow("t3.small", nil, 2, 5, 9, 3, 9, 0, [3, 3, 3]),
    AddressRow("p3dn.24xlarge", 1, 0, 0, 0, 1, 49, 49, [49]),
    AddressRow("p3dn.24xlarge", 1, 0, 0, 3, 2, 98, 95, [49, 49]),
    AddressRow("p3dn.24xlarge", 1, 0, 0, 95, 3, 147, 52, [49, 49, 49]),
    AddressRow("p3dn.24xlarge", nil, 5, 10, 0, 1, 10, 10, [10]),
    AddressRow("p3dn.24xlarge", nil, 5, 10, 7, 1, 12, 5, [12]),
    AddressRow("p3dn.24xlarge", nil, 5, 10, 15, 1, 20, 5, [20]),
    AddressRow("p3dn.24xlarge", nil, 5, 10, 45, 2, 50, 5, [49, 1]),
  ]

  @Test(arguments: addressRows)
  func `secondary addresses are as AWS documents them`(_ row: AddressRow) throws {
    let state = try Self.state(row.type, pods: row.pods) { settings in
      settings.warmInterfaces = row.warmENI ?? settings.warmInterfaces
      settings.warmAddresses = row.warmIP
      settings.minimumAddresses = row.minimumIP
    }
    #expect(state.pool.interfaces.count == row.enis)
    #expect(state.pool.total == row.addresses)
    #expect(state.pool.available == row.unused)
    #expect(state.pool.interfaces.map(\.blocks).sorted() == row.ofENIs.sorted())
    #expect(state.waiting == 0 && state.settles)
  }

  // MARK: docs/prefix-and-ip-target.md

  struct PrefixRow: Sendable {
    let type: String
    let warmIP: Int
    let minimumIP: Int
    let pods: Int
    let documented: Held
    /// What the program does where its documentation says something else, and why.
    let really: (held: Held, why: String)?

    init(
      _ type: String, _ warmIP: Int, _ minimumIP: Int, _ pods: Int, _ documented: Held,
      really: (held: Held, why: String)? = nil
    ) {
      (self.type, self.warmIP, self.minimumIP) = (type, warmIP, minimumIP)
      (self.pods, self.documented, self.really) = (pods, documented, really)
    }
  }

  struct Held: Hashable, Sendable {
    let enis: Int
    let prefixes: Int
    let unusedPrefixes: Int
    let unused: Int

    init(_ enis: Int, _ prefixes: Int, _ unusedPrefixes: Int, _ unused: Int) {
      (self.enis, self.prefixes) = (enis, prefixes)
      (self.unusedPrefixes, self.unused) = (unusedPrefixes, unused)
    }
  }

  private static let roomForPrefixes =
    "an ENI of a p3dn.24xlarge takes 49 prefixes, and another is attached only when none has room "
    + "(increaseDatastorePool)"

  /// Where a target of addresses is given, `WARM_PREFIX_TARGET` is the 1 of the Helm chart.
  static let prefixRows = [
    PrefixRow("t3.small", 0, 0, 0, Held(1, 1, 1, 16)),
    PrefixRow("t3.small", 0, 0, 5, Held(1, 2, 1, 27)),
    PrefixRow("t3.small", 0, 0, 16, Held(1, 2, 1, 16)),
    PrefixRow("t3.small", 0, 0, 17, Held(1, 3, 1, 31)),
    PrefixRow("t3.small", 0, 0, 58, Held(2, 5, 1, 22)),
    PrefixRow("t3.small", 1, 1, 0, Held(1, 1, 1, 16)),
    PrefixRow("t3.small", 1, 1, 5, Held(1, 1, 0, 11)),
    PrefixRow("t3.small", 1, 1, 17, Held(1, 2, 0, 15)),
    PrefixRow("t3.small", 1, 1, 58, Held(2, 4, 0, 6)),
    PrefixRow(
      "t3.small", 7, 20, 0, Held(1, 1, 1, 16),
      really: (
        Held(1, 2, 2, 32),
        "20 addresses at least are two prefixes (datastoreTargetState), as the row's own column of "
          + "prefixes per ENI has it"
      )),
    PrefixRow("t3.small", 7, 20, 5, Held(1, 2, 1, 27)),
    PrefixRow("t3.small", 7, 20, 17, Held(1, 2, 0, 15)),
    PrefixRow("t3.small", 7, 20, 58, Held(2, 5, 1, 22)),
    PrefixRow("p3dn.24xlarge", 0, 0, 0, Held(1, 1, 1, 16)),
    PrefixRow(
      "p3dn.24xlarge", 0, 0, 3, Held(2, 2, 1, 29), really: (Held(1, 2, 1, 29), roomForPrefixes)),
    PrefixRow(
      "p3dn.24xlarge", 0, 0, 95, Held(3, 7, 1, 17), really: (Held(1, 7, 1, 17), roomForPrefixes)),
    PrefixRow("p3dn.24xlarge", 5, 10, 0, Held(1, 1, 1, 16)),
    PrefixRow("p3dn.24xlarge", 5, 10, 7, Held(1, 1, 0, 9)),
    PrefixRow("p3dn.24xlarge", 5, 10, 15, Held(1, 2, 1, 17)),
    PrefixRow(
      "p3dn.24xlarge", 5, 10, 45, Held(2, 4, 1, 19), really: (Held(1, 4, 1, 19), roomForPrefixes)),
  ]

  @Test(arguments: prefixRows)
  func `prefixes are as AWS documents them, but for four rows`(_ row: PrefixRow) throws {
    let state = try Self.state(row.type, pods: row.pods) { settings in
      settings.hasPrefixDelegation = true
      settings.warmAddresses = row.warmIP
      settings.minimumAddresses = row.minimumIP
    }
    let pool = state.pool
    let held = Held(pool.interfaces.count, pool.blocks, pool.freeBlocks, pool.available)
    #expect(held == row.really?.held ?? row.documented, "\(row.really?.why ?? "")")
    #expect(state.waiting == 0 && state.settles)
  }

  @Test func `the tables have 16 and 20 rows, and 4 contradict the program`() {
    #expect(Self.addressRows.count == 16 && Self.prefixRows.count == 20)
    let exceptions = Self.prefixRows.filter { $0.really != nil }
    #expect(exceptions.count == 4)
    #expect(exceptions.allSatisfy { $0.documented != $0.really?.held })
  }

  @Test func `pods fill the first ENI, then the next`() throws {
    let state = try Self.state("t3.small", pods: 58) { $0.hasPrefixDelegation = true }
    #expect(state.pool.interfaces.map(\.pods) == [48, 10])
    #expect(state.pool.interfaces.map(\.blocks) == [3, 2])
  }

  // MARK: What the documentation says in words

  @Test func `a minimum without warm addresses is all that there will be`() throws {
    let state = try Self.state("m5.large", pods: 6) { $0.minimumAddresses = 4 }
    #expect(state.pool.total == 4 && state.waiting == 2)
  }

  @Test func `a pool of as many addresses as the kubelet's limit does not grow`() throws {
    let state = try Self.state("m5.large", pods: 110) { settings in
      settings.hasPrefixDelegation = true
      settings.maxPods = 110
    }
    #expect(state.pool.blocks == 7 && state.pool.available == 2)
  }

  @Test func `with custom networking the primary ENI holds nothing`() throws {
    let state = try Self.state("m5.large", pods: 19) { $0.hasCustomNetworking = true }
    #expect(state.pool.interfaces.map(\.blocks) == [0, 9, 9])
    #expect(state.waiting == 1)
  }

  /// An ENI is attached when no address is free, and detached a minute later because all its
  /// addresses are.
  @Test func `without a warm ENI there is no rest when all addresses are taken`() throws {
    let full = try Self.state("t3.small", pods: 3) { $0.warmInterfaces = 0 }
    #expect(!full.settles && full.pool.total == 6)
    let next = try Self.state("t3.small", pods: 4) { $0.warmInterfaces = 0 }
    #expect(next.settles && next.pool.total == 6 && next.waiting == 0)
  }

  /// A free prefix is more than none to keep, and less leaves no address for the next pod.
  @Test func `without a warm prefix there is no rest when all addresses are taken`() throws {
    for pods in [0, 16] {
      let full = try Self.state("t3.small", pods: pods) { settings in
        settings.hasPrefixDelegation = true
        settings.warmPrefixes = 0
      }
      #expect(!full.settles && full.pool.available == 16)
    }
  }

  /// `getDeletableENI` asks for `WARM_PREFIX_TARGET` even where addresses are counted.
  @Test func `warm prefixes keep an ENI that warm addresses do not need`() throws {
    let type = try #require(InstanceType.all["t3.small"])
    for (warmPrefixes, left) in [(2, [3, 0]), (1, [3])] {
      var settings = PoolSettings(type)
      settings.hasPrefixDelegation = true
      settings.warmAddresses = 1
      settings.warmPrefixes = warmPrefixes
      let states = WarmPool.states(settings, from: 49, to: 32)
      #expect(states.first?.pool.interfaces.map(\.blocks) == [3, 1])
      #expect(states.last?.pool.interfaces.map(\.blocks) == left)
    }
  }

  /// `isRequiredForWarmIPTarget` rounds one warm address up to a prefix, which the other ENIs
  /// have free only when pods just fill the prefixes before it.
  @Test func `with prefixes an empty ENI can stay attached`() throws {
    let type = try #require(InstanceType.all["t3.small"])
    var settings = PoolSettings(type)
    settings.hasPrefixDelegation = true
    settings.warmAddresses = 1
    let states = WarmPool.states(settings, from: 49, to: 0)
    let attached = Dictionary(
      uniqueKeysWithValues: states.map { ($0.pods, $0.pool.interfaces.map(\.blocks)) })
    #expect(attached[47] == [3, 0] && attached[33] == [3, 0] && attached[32] == [3])
  }
}
