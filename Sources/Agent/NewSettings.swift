import Backends
import Host

/// What may change while a loop goes on.
extension AgentLoop where Source: ~Copyable {
  static var settingsInterval: Duration { .seconds(1) }

  /// - Parameter isTold: whether somebody said that there is something to find.
  mutating func lookForSettings(isTold: Bool) {
    alarms.settings = .now + Self.settingsInterval
    guard let new = newSettings(isTold) else { return }
    let old = settings
    settings.policyMetrics = new.policyMetrics
    settings.reportsDenials = new.reportsDenials
    settings.deniesPerSecond = new.deniesPerSecond
    settings.options.denyLog = new.options.denyLog
    guard
      new.options.denyLog != old.options.denyLog || new.deniesPerSecond != old.deniesPerSecond
    else { return }
    // A group of the kernel's log has one reader at a time.
    denials = nil
    if let logging = settings.options.denyLog { denials = denialLog(logging) }
    enforcer.logDenials(settings.options.denyLog)
    if isStarted { act(.now) }
  }
}
