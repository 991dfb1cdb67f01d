import Glibc
import Host

/// What the kernel says of a process that is not ours (proc(5)).
struct AgentFigures {
  let residentKilobytes: Int
  /// TCP connections; some are kept for a while when nobody needs them.
  let connections: Int
  /// Everything else that is open: the same as long as nothing leaks.
  let descriptors: [String]

  /// - Parameter process: with its sockets in the network namespace of the calling thread.
  /// - Returns: nil when it has ended.
  init?(of process: pid_t) throws {
    let directory = "/proc/\(process)"
    guard
      let resident = text("\(directory)/status").split(separator: "\n")
        .first(where: { $0.hasPrefix("VmRSS:") })?.split(separator: " ").dropFirst().first,
      let kilobytes = Int(resident)
    else { return nil }
    residentKilobytes = kilobytes
    let connected = AgentFigures.connected(text("/proc/thread-self/net/tcp"))
    let targets = try names(in: "\(directory)/fd").compactMap { target("\(directory)/fd/\($0)") }
    connections = targets.count { connected.contains($0) }
    descriptors = targets.filter { !connected.contains($0) }.map { target in
      // Without the number, which is another for each.
      target.hasPrefix("socket:") ? "socket" : target
    }.sorted()
  }

  /// The sockets of a table that do not listen, as links to them name them.
  private static func connected(_ table: String) -> Set<String> {
    Set(
      table.split(separator: "\n").dropFirst().compactMap { line in
        // The number, local and remote address, state, queues, timer, retransmits, user, timeout,
        // inode.
        let fields = line.split(separator: " ")
        return fields.count > 9 && fields[3] != "0A" ? "socket:[\(fields[9])]" : nil
      })
  }
}

private func text(_ path: String) -> String {
  (try? readFile(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
}

private func target(_ link: String) -> String? {
  var buffer = [CChar](repeating: 0, count: 512)
  let count = readlink(link, &buffer, buffer.count)
  if count < 0 { return nil }
  return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
