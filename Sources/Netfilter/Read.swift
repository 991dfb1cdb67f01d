import CNetfilter
import Glibc
import NetSets
import Nftables

extension NetlinkKernel {
  /// How often a state that moves while it is listed is listed anew.
  private static let attempts = 20

  package func read(table: String) throws(KernelFailure) -> Installed {
    // Where there is no nftables, nothing can be in it.
    guard try hasNftables() else {
      return Installed(generation: 0, ruleset: Ruleset(tables: []), handles: [:])
    }
    for _ in 0..<NetlinkKernel.attempts {
      let generation = try generation()
      var listings: [TableListing] = []
      do throws(RequestFailure) {
        for family in IPFamily.allCases + [nil] {
          if let listing = try list(table, family) { listings.append(listing) }
        }
      } catch {
        switch error {
        case .interrupted: continue
        // A set that was listed is gone.
        case .refused(code: ENOENT): continue
        case .refused, .lost, .system: throw KernelFailure(error)
        }
      }
      // Only what is all of one moment is looked at.
      guard try self.generation() == generation else { continue }
      do throws(KernelFailure) {
        return try installed(listings, generation)
      } catch {
        guard error == .stale else { throw error }
        // The kernel's own work on its hashes takes a moment, and no generation counts it.
        usleep(1000)
      }
    }
    throw .stale
  }

  package func handles(
    of chain: Installed.ChainName, table: String
  ) throws(KernelFailure) -> [RuleHandle] {
    do throws(RequestFailure) {
      return try ask(NFT_MSG_GETRULE, chain.family.number, flags: NLM_F_DUMP) {
        $0.put(NFTA_RULE_TABLE.rawValue, text: table)
        $0.put(NFTA_RULE_CHAIN.rawValue, text: chain.chain)
      }.map { $0.attribute(NFTA_RULE_HANDLE.rawValue)?.number ?? 0 }
    } catch {
      throw KernelFailure(error)
    }
  }

  private func installed(
    _ listings: [TableListing], _ generation: UInt32
  ) throws(KernelFailure) -> Installed {
    var tables: [Table] = []
    var handles: [Installed.ChainName: [RuleHandle]] = [:]
    var bridge: BridgeTable?
    for listing in listings {
      guard let family = listing.family else {
        bridge = try listing.readBridge()
        continue
      }
      let (table, rules) = try listing.read(family)
      tables.append(table)
      for (chain, rules) in rules {
        handles[Installed.ChainName(table.family, chain)] = rules
      }
    }
    return Installed(
      generation: generation, ruleset: Ruleset(tables: tables, bridge: bridge), handles: handles)
  }

  /// Whether the kernel has nftables.
  package func hasNftables() throws(KernelFailure) -> Bool {
    do {
      _ = try generation()
      return true
    } catch {
      // What nfnetlink answers when it has no such part (`nfnetlink_rcv_msg`).
      if case .unable(code: EINVAL, _) = error { return false }
      throw error
    }
  }

  package func generation() throws(KernelFailure) -> UInt32 {
    do throws(RequestFailure) {
      let answer = try ask(NFT_MSG_GETGEN) { _ in }
      for number in answer.map({ $0.attribute(NFTA_GEN_ID.rawValue)?.number }) {
        if let number { return UInt32(truncatingIfNeeded: number) }
      }
    } catch {
      throw KernelFailure(error)
    }
    throw .unable(code: EPROTO, reason: "the kernel does not say the generation of nftables")
  }

  /// What the kernel has of one table; nil when there is none.
  /// - Parameter family: nil for `bridge`.
  private func list(
    _ table: String, _ family: IPFamily?
  ) throws(RequestFailure) -> TableListing? {
    var listing = TableListing(family: family, name: table)
    let family = family?.number ?? bridgeNumber
    do throws(RequestFailure) {
      listing.table = try ask(NFT_MSG_GETTABLE, family) {
        $0.put(NFTA_TABLE_NAME.rawValue, text: table)
      }
    } catch {
      if case .refused(code: ENOENT) = error { return nil }
      throw error
    }
    // All of these have the table's name as their first attribute. The kernel lists the chains of
    // all tables of a family; it selects the rest by that name.
    func list(_ type: nf_tables_msg_types) throws(RequestFailure) -> Messages {
      try ask(type, family, flags: NLM_F_DUMP) { $0.put(NFTA_RULE_TABLE.rawValue, text: table) }
        .filter { $0.attribute(NFTA_RULE_TABLE.rawValue)?.string == table }
    }
    listing.chains = try list(NFT_MSG_GETCHAIN)
    listing.objects = try list(NFT_MSG_GETOBJ)
    listing.sets = try list(NFT_MSG_GETSET)
    listing.rules = try list(NFT_MSG_GETRULE)
    for set in listing.setsWithElements {
      listing.elements[set] = try ask(NFT_MSG_GETSETELEM, family, flags: NLM_F_DUMP) {
        $0.put(NFTA_SET_ELEM_LIST_TABLE.rawValue, text: table)
        $0.put(NFTA_SET_ELEM_LIST_SET.rawValue, text: set)
      }
    }
    return listing
  }

  func ask(
    _ type: nf_tables_msg_types, _ family: UInt8 = 0, flags: Int32 = 0,
    _ attributes: (inout MessageWriter) -> Void
  ) throws(RequestFailure) -> Messages {
    try socket.ask(
      Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(type.rawValue), family: family,
      flags: flags, attributes)
  }
}
