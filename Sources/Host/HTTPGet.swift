import Glibc

/// What a server said.
package struct HTTPAnswer: Sendable {
  /// RFC 9110 §15.
  package let status: Int
  package let body: [UInt8]
}

/// Why there is no answer.
package enum HTTPFailure: Error, CustomStringConvertible {
  /// Nobody listens there.
  case nobody(ListenAddress, reason: String)
  case broken(ListenAddress, reason: String)

  package var description: String {
    switch self {
    case .nobody(let address, let reason): "nobody answers at \(address): \(reason)"
    case .broken(let address, let reason): "the answer of \(address) broke off: \(reason)"
    }
  }
}

/// Asks a server of this machine one thing, by HTTP/1.0 (RFC 1945): the server closes the connection
/// after its answer.
///
/// - Parameters:
///   - path: with its query.
///   - seconds: how long each step may take.
///   - limit: how many bytes an answer may have.
package func httpGet(
  _ path: String, at address: ListenAddress, within seconds: Int = 5, limit: Int = 1 << 26
) throws(HTTPFailure) -> HTTPAnswer {
  let connection = try connect(to: address, within: seconds)
  do {
    try write("GET \(path) HTTP/1.0\r\nHost: localhost\r\n\r\n", to: connection.number, name: path)
  } catch {
    throw .broken(address, reason: "\(error)")
  }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(connection.number, &buffer, buffer.count)
    if count == 0 { break }
    guard count > 0 else { throw .broken(address, reason: String(cString: strerror(errno))) }
    bytes += buffer[..<count]
    guard bytes.count <= limit else {
      throw .broken(address, reason: "it is longer than \(limit) bytes")
    }
  }
  guard let answer = HTTPAnswer(bytes) else {
    throw .broken(address, reason: "it is not HTTP")
  }
  return answer
}

extension HTTPAnswer {
  /// nil for what is no answer, or not all of one.
  init?(_ bytes: [UInt8]) {
    let blank = Array("\r\n\r\n".utf8)
    guard
      let end = bytes.indices.first(where: { bytes[$0...].starts(with: blank) })
    else { return nil }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      return nil
    }
    let body = Array(bytes[(end + blank.count)...])
    for line in lines.dropFirst() {
      let field = line.split(separator: ":", maxSplits: 1)
      guard field.count == 2, field[0].lowercased() == "content-length" else { continue }
      guard Int(field[1].filter { $0 != " " }) == body.count else { return nil }
    }
    self.init(status: status, body: body)
  }
}

private func connect(
  to address: ListenAddress, within seconds: Int
) throws(HTTPFailure) -> FileDescriptor {
  switch address {
  case .unix(let path):
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: name.sun_path) else {
      throw .nobody(address, reason: "the path is too long for a socket")
    }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
    return try withUnsafeBytes(of: &name) { name throws(HTTPFailure) in
      try connect(AF_UNIX, name, address, seconds)
    }
  case .port(let host, let port):
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host.isEmpty ? "localhost" : host, "\(port)", &hints, &list)
    guard code == 0 else { throw .nobody(address, reason: String(cString: gai_strerror(code))) }
    defer { freeaddrinfo(list) }
    var failure = HTTPFailure.nobody(address, reason: "the name has no address")
    var next = list
    while let entry = next?.pointee {
      let name = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
      do throws(HTTPFailure) {
        return try connect(entry.ai_family, name, address, seconds)
      } catch {
        failure = error
      }
      next = entry.ai_next
    }
    throw failure
  }
}

private func connect(
  _ family: Int32, _ name: UnsafeRawBufferPointer, _ address: ListenAddress, _ seconds: Int
) throws(HTTPFailure) -> FileDescriptor {
  let file: FileDescriptor
  do {
    file = try FileDescriptor(
      socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0), of: "socket")
  } catch {
    throw .nobody(address, reason: "\(error)")
  }
  var limit = timeval(tv_sec: seconds, tv_usec: 0)
  let size = socklen_t(MemoryLayout<timeval>.size)
  setsockopt(file.number, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
  setsockopt(file.number, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  let code = Glibc.connect(
    file.number, name.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(name.count))
  guard code == 0 else {
    throw .nobody(address, reason: String(cString: strerror(errno)))
  }
  return file
}
