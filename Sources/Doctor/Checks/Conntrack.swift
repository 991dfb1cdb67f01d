extension Check {
  /// Whether the kernel tracks connections, and has room for more.
  static let conntrack = Check(name: "conntrack", group: .path) { node in
    guard node.settings.isReadable else { return .unknown("/proc/sys cannot be read") }
    guard let limit = node.settings.number("net.netfilter.nf_conntrack_max"),
      let count = node.settings.number("net.netfilter.nf_conntrack_count")
    else {
      let finding = NodeFinding(
        .warning, "conntrack-missing",
        what: "connections are not tracked: there is no net.netfilter.nf_conntrack_max",
        why: """
          rules let replies pass by the state of their connection; the module is loaded with the \
          first ruleset if the kernel has it, and no ruleset can be loaded if not
          """,
        fix: Fix("load it", [.onMachine("modprobe nf_conntrack")]))
      return .found([finding])
    }
    guard limit > 0, count * 10 >= limit * 9 else {
      return .fine("\(count) of \(limit) connections")
    }
    let more = "net.netfilter.nf_conntrack_max=\(limit * 2)"
    let finding = NodeFinding(
      .warning, "conntrack-full", what: "\(count) of \(limit) tracked connections are taken",
      why: "when the table is full the kernel drops every packet that opens another",
      fix: Fix("make it larger", [.onMachine("sysctl -w \(more)"), .atStart(more)]))
    return .found([finding])
  }

  /// Whether a stream is taken up in its middle, as one that a change of policy cut would be.
  static let looseTracking = Check(name: "conntrack-loose", group: .path) { node in
    guard node.settings.isReadable else { return .unknown("/proc/sys cannot be read") }
    guard let loose = node.settings.number("net.netfilter.nf_conntrack_tcp_loose") else {
      return .notAsked("connections are not tracked yet")
    }
    if node.hasUntrackedStreams {
      let finding = NodeFinding(
        .note, "streams-untracked",
        what: "packets were forwarded here while no connection was tracked",
        why: """
          streams that are open now look new in their middle: the first netpolc apply lets them go \
          on, and only a later one refuses what is taken up so
          """,
        fix: Fix("run netpolc apply once more when those streams have ended"))
      return .found([finding])
    }
    guard loose == 1 else {
      return .fine("nf_conntrack_tcp_loose is \(loose): streams are not taken up in their middle")
    }
    return .fine("nf_conntrack_tcp_loose is 1, as usual: rules refuse new streams without SYN")
  }
}
