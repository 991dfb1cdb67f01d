import Diagnostics
import Kubernetes
import NetSets

extension Kindnet {
  /// Reads how its DaemonSet starts it.
  init?(_ settings: NamedSettings, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    origin = Origin(
      "kindnet", settings.start)
    translates = settings.boolean("--masquerading", &diagnostics) ?? true
    skip = settings.members("--no-masquerade-cidr", &diagnostics)
    guard diagnostics.errorCount == before else { return nil }
  }
}

extension KindMasqAgent {
  static let key = "POD_SUBNET"

  init?(_ settings: NamedSettings, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    let entry = settings[KindMasqAgent.key]
    origin = Origin("kind's kindnetd", entry?.location)
    cluster = settings.members(KindMasqAgent.key, &diagnostics)
    if cluster.isEmpty, diagnostics.errorCount == before {
      diagnostics.error(
        .invalidValue, "\(KindMasqAgent.key) has no CIDR, without which kindnetd does not start",
        at: entry?.location)
    }
    guard diagnostics.errorCount == before else { return nil }
  }
}
