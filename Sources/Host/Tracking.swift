import Glibc

/// Whether packets were forwarded in the calling thread's network namespace while the kernel
/// tracked no connections: such connections look new in their middle.
package func forwardedUntracked() -> Bool {
  let tracked = number(in: "/proc/sys/net/netfilter/nf_conntrack_count") ?? 0
  return tracked == 0 && forwardedPackets() > 0
}

/// RFC 4293 `ipSystemStatsOutForwDatagrams` of both families, as Linux counts them.
private func forwardedPackets() -> Int {
  var count = 0
  let lines = text(of: "/proc/thread-self/net/snmp").split(separator: "\n").filter {
    $0.hasPrefix("Ip:")
  }
  if lines.count == 2 {
    let names = lines[0].split(separator: " ")
    let values = lines[1].split(separator: " ")
    for (name, value) in zip(names, values) where name == "ForwDatagrams" {
      count += Int(value) ?? 0
    }
  }
  for line in text(of: "/proc/thread-self/net/snmp6").split(separator: "\n")
  where line.hasPrefix("Ip6OutForwDatagrams") {
    count += line.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }
  return count
}

private func number(in path: String) -> Int? {
  Int(text(of: path).prefix { $0 != "\n" })
}

/// Empty for a file that is not there, such as when the module that makes it is not loaded.
private func text(of path: String) -> String {
  guard let bytes = try? readFile(path) else { return "" }
  return String(decoding: bytes, as: UTF8.self)
}
