import NetSets

/// The bytes of packets, from the header of IP on.
package enum SamplePacket {
  /// - Parameter fragment: the flags and the offset.
  /// - Parameter length: what the header says of it.
  package static func ipv4(
    from source: IPAddress, to destination: IPAddress, layer4: UInt8, _ payload: [UInt8],
    options: [UInt8] = [], fragment: UInt16 = 0, length: UInt16 = 1500
  ) -> [UInt8] {
    [
      0x40 | UInt8(5 + options.count / 4), 0, UInt8(length >> 8), UInt8(length & 0xff), 0, 1,
      UInt8(fragment >> 8), UInt8(fragment & 0xff), 64, layer4, 0, 0,
    ] + source.bytes + destination.bytes + options + payload
  }

  /// - Parameter headers: between that of IPv6 and the payload, each with the number that it has;
  ///   their first byte becomes the number of what follows.
  package static func ipv6(
    from source: IPAddress, to destination: IPAddress,
    headers: [(number: UInt8, bytes: [UInt8])] = [], layer4: UInt8, _ payload: [UInt8],
    length: UInt16 = 256
  ) -> [UInt8] {
    let numbers = headers.map(\.number) + [layer4]
    var bytes: [UInt8] = [0x60, 0, 0, 0, UInt8(length >> 8), UInt8(length & 0xff), numbers[0], 64]
    bytes += source.bytes + destination.bytes
    for (index, header) in headers.enumerated() {
      bytes += [numbers[index + 1]] + header.bytes.dropFirst()
    }
    return bytes + payload
  }
}
