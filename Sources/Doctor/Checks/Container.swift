import CNI

extension Check {
  /// Which container network there is, and whether policy can hold under it.
  static let container = Check(name: "cni", group: .network) { node in
    guard let profile = node.profile else {
      if let why = node.network.links.reason {
        return .unknown("no file names a network, and the links are not known: \(why)")
      }
      let finding = NodeFinding(
        .warning, "cni-not-found",
        what:
          "no container network was found: no configuration in /etc/cni/net.d, no link or table",
        why: "how pods are attached decides what rules see of them, and that is not known",
        fix: Fix("install a network, or say which one it is with --cni"))
      return .found([finding])
    }
    let evidence = node.forcedProfile == nil ? node.network.detection?.evidence : nil
    if let refusal = profile.traits.refusal {
      let forced = node.forcedProfile != nil
      let finding = NodeFinding(
        forced ? .warning : .error, "cni-unsupported",
        what: "\(profile.rawValue) attaches pods" + (evidence.map { " (\($0))" } ?? ""),
        why: refusal,
        fix: Fix(
          """
          use the network's own policies, or another network; if its packets do pass netfilter \
          here, say so with --cni \(profile.rawValue)
          """))
      return .found([finding])
    }
    return .fine(
      "\(profile.rawValue), by " + (evidence ?? "--cni"))
  }
}
