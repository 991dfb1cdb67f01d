import CNI
import Host
import NetSets

/// The main tables of both families, as the kernel shows them in `/proc/net`.
func readRoutes(_ files: RootedFiles) -> Known<[Route]> {
  do {
    guard let ipv4 = try files.bytes("/proc/thread-self/net/route") else {
      return .unknown("there is no \(files.path("/proc/thread-self/net/route"))")
    }
    // Without IPv6 there is no such file.
    let ipv6 = try files.bytes("/proc/thread-self/net/ipv6_route") ?? []
    return .known(
      RouteReader.ipv4(String(decoding: ipv4, as: UTF8.self))
        + RouteReader.ipv6(String(decoding: ipv6, as: UTF8.self)))
  } catch {
    return .unknown("\(error)")
  }
}

enum RouteReader {
  /// `RTF_UP`, `RTF_GATEWAY` and `RTF_REJECT` (linux/route.h).
  private static let isUp = 1
  private static let hasGateway = 2
  private static let rejects = 0x200

  /// `Iface Destination Gateway Flags … Mask …`, numbers in hexadecimal of the machine's order
  /// (net/ipv4/fib_trie.c, `fib_route_seq_show`).
  static func ipv4(_ text: String) -> [Route] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(whereSeparator: \.isWhitespace)
      guard fields.count > 7, let destination = UInt32(fields[1], radix: 16),
        let flags = Int(fields[3], radix: 16), let mask = UInt32(fields[7], radix: 16),
        flags & isUp != 0, flags & rejects == 0
      else { return nil }
      let address = IPAddress(family: .ipv4, bits: UInt128(UInt32(bigEndian: destination)))
      return Route(
        destination: IPPrefix(address, length: mask.nonzeroBitCount),
        hasGateway: flags & hasGateway != 0, interface: String(fields[0]))
    }
  }

  /// `destination length source length gateway metric references uses flags device`
  /// (net/ipv6/route.c, `ipv6_route_native_seq_show`).
  static func ipv6(_ text: String) -> [Route] {
    text.split(separator: "\n").compactMap { line in
      let fields = line.split(whereSeparator: \.isWhitespace)
      guard fields.count > 9, fields[0].utf8.count == 32,
        let destination = UInt128(fields[0], radix: 16), let length = Int(fields[1], radix: 16),
        (0...128).contains(length), let flags = Int(fields[8], radix: 16),
        flags & isUp != 0, flags & rejects == 0, fields[9] != "lo"
      else { return nil }
      return Route(
        destination: IPPrefix(IPAddress(family: .ipv6, bits: destination), length: length),
        hasGateway: flags & hasGateway != 0, interface: String(fields[9]))
    }
  }
}
