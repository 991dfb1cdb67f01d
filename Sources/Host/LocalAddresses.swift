import Glibc
import NetSets

/// Every address of every interface in the calling thread's network namespace.
package func localAddresses() throws -> [IPAddress] {
  var list: UnsafeMutablePointer<ifaddrs>?
  guard getifaddrs(&list) == 0 else { throw SystemFailure("getifaddrs") }
  defer { freeifaddrs(list) }
  var addresses: [IPAddress] = []
  var next = list
  while let interface = next {
    if let address = interface.pointee.ifa_addr.flatMap({ IPAddress($0) }) {
      addresses.append(address)
    }
    next = interface.pointee.ifa_next
  }
  return addresses
}

extension IPAddress {
  /// nil for other families than IPv4 and IPv6.
  fileprivate init?(_ address: UnsafeMutablePointer<sockaddr>) {
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let bits = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        $0.pointee.sin_addr.s_addr
      }
      self.init(family: .ipv4, bits: UInt128(UInt32(bigEndian: bits)))
    case AF_INET6:
      let bits = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
        withUnsafeBytes(of: address.pointee.sin6_addr) { bytes in
          bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        }
      }
      self.init(family: .ipv6, bits: bits)
    default: return nil
    }
  }
}
