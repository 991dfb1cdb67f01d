import Glibc
import Host
import NetSets

/// A host, or the node, with its namespace.
final class LabMember {
  let name: String
  private(set) var addresses: [IPAddress]
  let namespace: NetworkNamespace
  private var lastPort = LabMember.ports.lowerBound

  /// Those that the kernel itself gives to clients; one in use is passed over.
  private static let ports: ClosedRange<UInt16> = 32768...60999

  init(name: String, addresses: [IPAddress], namespace: NetworkNamespace) {
    self.name = name
    self.addresses = addresses
    self.namespace = namespace
  }

  /// A source port, or echo identifier, that comes back after 28,000 others only: neither a
  /// conntrack entry nor a packet of an earlier attempt is taken for one of a later.
  func freshPort() -> UInt16 {
    lastPort = lastPort == LabMember.ports.upperBound ? LabMember.ports.lowerBound : lastPort + 1
    return lastPort
  }

  /// Takes one more address, to which no route of the node leads.
  func take(_ address: IPAddress) throws {
    let nodad = address.family == .ipv6 ? " nodad" : ""
    try configure(["address add \(address)/\(address.family.width) dev lo\(nodad)"])
    addresses.append(address)
  }

  /// Sets what is under `/proc/sys/net` for this namespace.
  func set(_ settings: [(path: String, value: String)]) throws {
    try namespace.enter {
      for (path, value) in settings {
        let file = try FileDescriptor(
          open("/proc/sys/net/\(path)", O_WRONLY | O_CLOEXEC), of: "open /proc/sys/net/\(path)")
        guard write(file.number, value, value.utf8.count) == value.utf8.count else {
          throw SystemFailure("write \(value) to /proc/sys/net/\(path)")
        }
      }
    }
  }

  func run(_ command: [String], input: String) throws -> ProcessResult {
    try namespace.enter { try runProcess(command, input: input) }
  }

  /// Runs a script of `ip` commands as one process.
  func configure(_ lines: [String]) throws {
    let result = try run(["ip", "-batch", "-"], input: lines.joined(separator: "\n") + "\n")
    guard result.succeeded else {
      // iproute2 says "Command failed -:LINE" and the reason before it.
      let number = result.errors.split(separator: ":").last.flatMap {
        Int($0.filter(\.isWholeNumber))
      }
      let line = number.flatMap { lines.indices.contains($0 - 1) ? lines[$0 - 1] : nil }
      throw LaboratoryFailure(
        "set up \(name): ip \(line ?? "-batch"): \(result.errors.trimmed)")
    }
  }
}

extension String {
  /// Without the white space around it.
  var trimmed: String {
    String(
      drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
