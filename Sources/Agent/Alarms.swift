/// When something has to be done that nothing tells of.
struct Alarms {
  var retry: ContinuousClock.Instant?
  var drift: ContinuousClock.Instant
  var cuts: [ContinuousClock.Instant] = []
  var forgetting: ContinuousClock.Instant?
  var demandSYN: ContinuousClock.Instant?
  var record: ContinuousClock.Instant?
  var restore: ContinuousClock.Instant?
  var settings: ContinuousClock.Instant
  /// To give back what much at once took, when that is worked off.
  var tidying: ContinuousClock.Instant?

  init() {
    drift = .now
    settings = .now
  }

  /// Those that are heeded before all objects have come; others would be due for ever.
  var beforeStart: [ContinuousClock.Instant] { [restore, settings].compactMap(\.self) }

  var all: [ContinuousClock.Instant] {
    [retry, drift, demandSYN, record, restore, settings, tidying].compactMap(\.self)
  }

  /// To look at open connections, unless somebody is looking.
  var ofConnections: [ContinuousClock.Instant] { [cuts.first, forgetting].compactMap(\.self) }
}
