/// How ipamd changes a pool: by the rules of `updateIPPoolIfRequired` in `amazon-vpc-cni-k8s`
/// (`pkg/ipamd/ipamd.go` and `pkg/ipamd/datastore/data_store.go`, commit b521883), for IPv4
/// on one network card. The functions that are followed are named; trunk interfaces, subnets that
/// run out and errors of EC2 are left out.
struct PoolManager {
  let settings: PoolSettings

  /// One turn of the loop, which ipamd runs every 5 seconds.
  func turn(_ pool: inout AddressPool) {
    let before = pool
    if isTooLow(pool) {
      increase(&pool)
    } else {
      pool.release(blocksOver(pool))
    }
    // Decided by what was there before, and done to what is there now.
    if mayDetach(before), let index = detachable(pool) { pool.detach(index) }
  }

  // MARK: Growing

  /// `isDatastorePoolTooLow`.
  private func isTooLow(_ pool: AddressPool) -> Bool {
    if let maxPods = settings.maxPods, pool.total >= maxPods { return false }
    if settings.countsAddresses { return blocksShort(pool) > 0 }
    return pool.available < warmTarget * warmUnit || (warmTarget == 0 && pool.available == 0)
  }

  private var warmTarget: Int {
    settings.hasPrefixDelegation ? settings.warmPrefixes : settings.warmInterfaces
  }

  private var warmUnit: Int {
    settings.hasPrefixDelegation ? settings.blockSize : settings.addressesPerInterface
  }

  /// `datastoreTargetState`, its `short`.
  private func blocksShort(_ pool: AddressPool) -> Int {
    let short = max(
      settings.warmAddresses - pool.available, settings.minimumAddresses - pool.total, 0)
    return blocks(for: short)
  }

  private func blocks(for addresses: Int) -> Int {
    (addresses + settings.blockSize - 1) / settings.blockSize
  }

  /// `increaseDatastorePool`: an interface with room, or else a new one.
  private func increase(_ pool: inout AddressPool) {
    let wanted = blocksWanted(pool)
    guard wanted > 0 else { return }
    if let index = pool.interfaces.firstIndex(where: hasRoom) {
      let room = settings.blocksPerInterface - pool.interfaces[index].blocks
      pool.add(min(room, wanted), to: index)
    } else if pool.interfaces.count < settings.interfaces {
      pool.attach(blocks: min(wanted, settings.blocksPerInterface))
    }
  }

  /// `GetAllocatableENIs`.
  private func hasRoom(_ interface: AddressPool.Interface) -> Bool {
    if settings.hasCustomNetworking, interface.isPrimary { return false }
    return interface.blocks < settings.blocksPerInterface
  }

  /// `GetENIResourcesToAllocate` and `getPrefixesNeeded`.
  private func blocksWanted(_ pool: AddressPool) -> Int {
    if settings.countsAddresses { return blocksShort(pool) }
    if settings.hasPrefixDelegation { return max(1, settings.warmPrefixes - pool.freeBlocks) }
    return settings.blocksPerInterface
  }

  // MARK: Shrinking

  /// `isDatastorePoolTooHigh` and `tryUnassignCidrsFromAll`: `over` of `datastoreTargetState`, or
  /// `computeExtraPrefixesOverWarmTarget`. Where interfaces are counted nothing is given back.
  private func blocksOver(_ pool: AddressPool) -> Int {
    if settings.countsAddresses {
      let needed = max(
        blocks(for: pool.assigned + settings.warmAddresses), blocks(for: settings.minimumAddresses))
      return max(min(pool.freeBlocks, pool.blocks - needed), 0)
    }
    return settings.hasPrefixDelegation ? max(pool.freeBlocks - settings.warmPrefixes, 0) : 0
  }

  /// `shouldRemoveExtraENIs`.
  private func mayDetach(_ pool: AddressPool) -> Bool {
    if settings.countsAddresses { return true }
    if pool.available >= (warmTarget + 1) * settings.addressesPerInterface { return true }
    return settings.hasPrefixDelegation
      && pool.interfaces.contains { !$0.isPrimary && !$0.hasPods }
  }

  /// `getDeletableENI`; of several the last attached.
  private func detachable(_ pool: AddressPool) -> Int? {
    pool.interfaces.indices.last { index in
      let interface = pool.interfaces[index]
      return !interface.isPrimary && !interface.isYoung && !interface.hasPods
        && !isRequired(interface, in: pool)
    }
  }

  /// Whether the others are too few (`isRequiredForWarmIPTarget`, `…MinimumIPTarget`,
  /// `…WarmPrefixTarget`). The last counts even where addresses do.
  private func isRequired(_ interface: AddressPool.Interface, in pool: AddressPool) -> Bool {
    let own = interface.blocks * settings.blockSize
    let warm = blocks(for: settings.warmAddresses) * settings.blockSize
    let minimum = blocks(for: settings.minimumAddresses) * settings.blockSize
    if pool.available - own < warm || pool.total - own < minimum { return true }
    return settings.hasPrefixDelegation
      && pool.freeBlocks - interface.freeBlocks < settings.warmPrefixes
  }
}
