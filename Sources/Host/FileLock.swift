import Glibc

/// A lock that goes with its holder, however that ends: flock(2) on a file that names the holder.
package final class FileLock {
  private let descriptor: FileDescriptor

  /// Who holds a lock that could not be had.
  package struct Held: Error {
    /// 0 when the holder has not written it yet.
    package let process: Int
  }

  /// Takes the lock, or waits for it.
  /// - Parameter seconds: how long to wait.
  package init(_ path: String, waiting seconds: Double) throws {
    descriptor = try FileDescriptor(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644), of: path)
    let deadline = ContinuousClock.now + .milliseconds(Int(seconds * 1000))
    while flock(descriptor.number, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw SystemFailure(path) }
      guard ContinuousClock.now < deadline else {
        let holder = String(decoding: try readFile(path), as: UTF8.self).prefix { $0 != "\n" }
        throw Held(process: Int(holder) ?? 0)
      }
      usleep(50_000)
    }
    guard ftruncate(descriptor.number, 0) == 0 else { throw SystemFailure(path) }
    try write("\(getpid())\n", to: descriptor.number, name: path)
  }
}
