import NetSets

/// What ip-masq-agent is told: by its files and by the flags of its DaemonSet.
package struct IPMasqAgent: Hashable, Sendable {
  /// `nonMasqueradeCIDRs` of all files; nil where none has it.
  package var skip: [AddressGroup.Member]?
  /// `masqLinkLocal`, `masqLinkLocalIPv6`
  package var translatesLinkLocal: Set<IPFamily> = []
  /// `outputInterface`, which some builds of it know.
  package var outInterface: InterfacePattern?
  /// How many it reads.
  package var files: Int
  /// nil where nothing says which it is.
  package var build: Build?
  /// nil where its DaemonSet is not known.
  package var flags: Flags?
  package var origin: Origin

  /// Two programs have the same files, and do not understand them alike.
  package enum Build: String, Hashable, Sendable {
    case original = "ip-masq-agent"
    /// Azure's, which joins several files.
    case second = "ip-masq-agent-v2"
  }

  package struct Flags: Hashable, Sendable {
    /// `--nomasq-all-reserved-ranges`
    package var keepsReserved = false
    /// `--enable-ipv6`
    package var families: Set<IPFamily> = [.ipv4]
    /// `--random-fully`
    package var isRandom = true
    /// `--to-ports`
    package var ports: [ClosedRange<UInt16>] = []
  }
}

extension IPMasqAgent {
  /// Without a flag that says it, IPv6 is translated if a file is about it: an agent without
  /// `--enable-ipv6` refuses a file that has a range of it.
  private var families: Set<IPFamily> {
    if let flags { return flags.families }
    let mentioned = (skip ?? []).map(\.range.family) + translatesLinkLocal
    return Set(mentioned + [.ipv4])
  }

  private func kept() throws(MissingFact) -> [AddressGroup.Member] {
    if let skip { return skip }
    switch (files, build) {
    case (0, _), (_, .original):
      return IPMasqAgent.ranges(IPMasqAgent.privateRanges, "its default, RFC 1918")
        + (flags?.keepsReserved ?? false
          ? IPMasqAgent.ranges(IPMasqAgent.reservedRanges, "--nomasq-all-reserved-ranges") : [])
    case (_, .second): return []
    case (_, nil):
      throw MissingFact(
        description: "the file has no nonMasqueradeCIDRs, which are then RFC 1918's for "
          + "ip-masq-agent and none for ip-masq-agent-v2; give its ConfigMap or its DaemonSet")
    }
  }

  private static let privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
  private static let reservedRanges = [
    "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
  ]

  private static func ranges(_ texts: [String], _ words: String) -> [AddressGroup.Member] {
    texts.compactMap { WrittenPrefix($0) }.map {
      AddressGroup.Member($0.prefix.range, Origin(words))
    }
  }

  /// As its chain `IP-MASQ-AGENT` has it (`cmd/ip-masq-agent`).
  func masquerade(_ context: MasqueradeContext) throws(MissingFact) -> Masquerade {
    let linkLocal = Unroutable.members.filter {
      $0.origin.words == "link-local" && !translatesLinkLocal.contains($0.range.family)
    }
    let isRandom = flags?.isRandom ?? true
    let ports = flags?.ports ?? []
    return Masquerade(
      .ipMasqAgent, pods: AddressGroup("masq-from", context.pods),
      keeping: AddressGroup("masq-skip", try kept() + context.skipped + linkLocal), in: families,
      by: outInterface,
      Masquerade.Ports(
        ports.count == 1 ? ports[0] : nil, isRandom && build != .second ? .fully : .none), origin)
  }

  /// Why rules of ours cannot stand in for it; nil when they can.
  var reasonNotToOwn: String? {
    (flags?.ports.count ?? 0) > 1
      ? "--to-ports has several ranges, of which a rule of netpolc takes one" : nil
  }
}
