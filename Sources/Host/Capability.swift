/// What the calling thread may do (capabilities(7)).
package struct EffectiveCapabilities: Sendable {
  private let bits: UInt64

  /// Those that the kernel says of this thread in `/proc`; nil when it does not.
  package init?() {
    guard let bytes = try? readFile("/proc/thread-self/status") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("CapEff:") }),
      let word = line.split(whereSeparator: \.isWhitespace).last,
      let bits = UInt64(word, radix: 16)
    else { return nil }
    self.bits = bits
  }

  /// CAP_NET_ADMIN (linux/capability.h)
  package var administersNetworks: Bool { bits >> 12 & 1 == 1 }
}
