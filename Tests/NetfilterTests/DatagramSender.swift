import CLinux
import Glibc
import Host
import NetSets

/// Sends datagrams by a socket with an address and port of its own.
struct DatagramSender {
  private let descriptor: FileDescriptor

  /// - Parameter namespace: where it is bound, and stays.
  init(_ address: IPAddress, _ port: UInt16, in namespace: NetworkNamespace) throws {
    descriptor = try namespace.enter {
      let family = address.family == .ipv4 ? AF_INET : AF_INET6
      let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      let socket = try FileDescriptor(socket(family, type, 0), of: "open a socket")
      let bytes = address.bytes
      guard netpolc_bind(socket.number, bytes, bytes.count, port) == 0 else {
        throw SystemFailure("bind")
      }
      return socket
    }
  }

  func send(to address: IPAddress, _ port: UInt16, size: Int = 1) throws {
    let bytes = address.bytes
    let payload = [UInt8](repeating: 1, count: size)
    let count = netpolc_send_to(descriptor.number, bytes, bytes.count, port, payload, size)
    guard count == size else { throw SystemFailure("send a datagram") }
  }
}
