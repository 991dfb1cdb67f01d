import CNI

extension Check {
  /// Which container network there is, and whether policy can hold under it.
  static let container = Check(name: "cni", group: .network) { node in
    guard let profile = node.profile else {
      let looked = [node.network.links.reason, node.network.tables.reason].compactMap { $0 }
      let unseen = looked.isEmpty ? "" : " (\(looked.joined(separator: "; ")))"
      return .unknown(
        """
        how pods are attached: no known network in /etc/cni/net.d, among links or tables\(unseen); \
        --cni says which it is
        """)
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
          here, say so with --cni \(profile.rawValue), and to netpolc apply with --force-cni
          """))
      return .found([finding])
    }
    return .fine(
      "\(profile.rawValue), by " + (evidence ?? "--cni"))
  }
}
