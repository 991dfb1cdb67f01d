import CLinux
import Host
import NetSets

/// Frames that no ordinary socket sends: a pod with raw sockets may say anything.
package enum LabFrames {
  package static let broadcast: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]

  package static func ethernet(
    to: [UInt8] = broadcast, from: HardwareAddress, type: UInt16, _ payload: [UInt8]
  ) -> [UInt8] {
    to + from.bytes + LabPackets.bytes(type) + payload
  }

  /// An answer that nobody asked for: `address` is at `hardware` (RFC 826).
  package static func arpReply(_ address: IPAddress, at hardware: HardwareAddress, to: IPAddress)
    -> [UInt8]
  {
    LabPackets.bytes(UInt16(1)) + LabPackets.bytes(UInt16(0x0800)) + [6, 4]
      + LabPackets.bytes(UInt16(2)) + hardware.bytes + address.bytes + broadcast + to.bytes
  }

  /// A neighbour advertisement that overrides what is known: `target` is at `hardware`
  /// (RFC 4861 §4.4).
  package static func advertisement(
    of target: IPAddress, at hardware: HardwareAddress, from source: IPAddress, to: IPAddress
  ) -> [UInt8] {
    icmpv6([136, 0, 0, 0, 0x20, 0, 0, 0] + target.bytes + [2, 1] + hardware.bytes, source, to)
  }

  /// A router advertisement with the sender as the router (RFC 4861 §4.2).
  package static func routerAdvertisement(from source: IPAddress, to: IPAddress) -> [UInt8] {
    icmpv6(
      [134, 0, 0, 0, 64, 0] + LabPackets.bytes(UInt16(1800)) + [0, 0, 0, 0, 0, 0, 0, 0], source, to)
  }

  private static func icmpv6(_ message: [UInt8], _ source: IPAddress, _ to: IPAddress) -> [UInt8] {
    let length = LabPackets.bytes(UInt16(message.count))
    var message = message
    let pseudoHeader =
      source.bytes + to.bytes + [0, 0] + length + [0, 0, 0, IPProtocol.icmpv6.number]
    let checksum = LabPackets.internetChecksum(pseudoHeader + message)
    message.replaceSubrange(2..<4, with: LabPackets.bytes(checksum))
    return [0x60, 0, 0, 0] + length + [IPProtocol.icmpv6.number, 255] + source.bytes + to.bytes
      + message
  }
}

extension NetworkNamespace {
  /// Sends a frame out of one of its interfaces.
  package func send(frame: [UInt8], on interface: String) throws {
    try enter {
      guard netpolc_send_frame(interface, frame, frame.count) == 0 else {
        throw SystemFailure("send a frame on \(interface)")
      }
    }
  }
}
