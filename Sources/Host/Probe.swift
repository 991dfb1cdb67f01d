import Glibc

/// Whether a TCP port answers: `tcp:HOST:PORT`.
package struct Probe: Sendable {
  package let host: String
  package let port: String

  /// nil for text that is no probe. An IPv6 address stands in brackets.
  package init?(_ text: String) {
    guard text.hasPrefix("tcp:") else { return nil }
    let rest = text.dropFirst(4)
    guard let colon = rest.lastIndex(of: ":") else { return nil }
    var host = String(rest[..<colon])
    let port = String(rest[rest.index(after: colon)...])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty, let number = UInt16(port), number > 0 else { return nil }
    self.host = host
    self.port = port
  }

  /// Connects from the calling thread's network namespace.
  /// - Returns: why it failed; nil when the port answered.
  package func run(seconds: Int) -> String? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, port, &hints, &found)
    guard code == 0, let first = found else { return String(cString: gai_strerror(code)) }
    defer { freeaddrinfo(first) }
    var failure = "no address"
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let address = next {
      guard let reason = connect(to: address.pointee, seconds: seconds) else { return nil }
      failure = reason
      next = address.pointee.ai_next
    }
    return failure
  }

  private func connect(to address: addrinfo, seconds: Int) -> String? {
    do {
      let descriptor = try FileDescriptor(
        socket(address.ai_family, address.ai_socktype, 0), of: "socket")
      let flags = fcntl(descriptor.number, F_GETFL)
      guard fcntl(descriptor.number, F_SETFL, flags | O_NONBLOCK) == 0 else {
        throw SystemFailure("fcntl")
      }
      if Glibc.connect(descriptor.number, address.ai_addr, address.ai_addrlen) == 0 { return nil }
      guard errno == EINPROGRESS else { throw SystemFailure("connect") }
      var waiting = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
      guard poll(&waiting, 1, Int32(seconds * 1000)) > 0 else {
        return "no answer within \(seconds) s"
      }
      var error: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &error, &size)
      return error == 0 ? nil : String(cString: strerror(error))
    } catch {
      return "\(error)"
    }
  }
}

extension Probe: CustomStringConvertible {
  package var description: String { "tcp \(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
