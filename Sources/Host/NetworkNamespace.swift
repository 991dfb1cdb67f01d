import CLinux
import Glibc

/// A network namespace without a name, held by a descriptor alone: the kernel takes it down, with
/// every link, address and rule in it, when the descriptor and the sockets opened inside are
/// closed, and so also when this process crashes.
///
/// A namespace belongs to a thread. `enter` is synchronous, hence never leaves its thread between
/// going in and coming back. What is opened inside stays there: a socket sends and receives in the
/// namespace where it was made, wherever the thread is later, and a child process is born into
/// that of the thread that starts it. `/proc/sys/net` shows that of the reading thread.
package final class NetworkNamespace: Sendable {
  private let descriptor: FileDescriptor

  /// A fresh, empty namespace, in which not even the loopback is up.
  package init() throws {
    let outside = try NetworkNamespace.current()
    guard netpolc_unshare_net() == 0 else { throw SystemFailure("unshare(CLONE_NEWNET)") }
    defer { NetworkNamespace.goBack(to: outside) }
    descriptor = try NetworkNamespace.current()
  }

  /// The namespace that a path names, or a name that `ip netns` knows.
  package init(_ pathOrName: String) throws {
    let path = pathOrName.contains("/") ? pathOrName : "/run/netns/\(pathOrName)"
    descriptor = try FileDescriptor(open(path, O_RDONLY | O_CLOEXEC), of: path)
  }

  /// The namespace that this thread is in.
  package static func own() throws -> NetworkNamespace {
    NetworkNamespace(descriptor: try current())
  }

  private init(descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// The kernel's number for it, the same by whatever path it was opened.
  package var inode: UInt64 {
    get throws(SystemFailure) {
      var information = stat()
      guard fstat(descriptor.number, &information) == 0 else { throw SystemFailure("fstat") }
      return UInt64(information.st_ino)
    }
  }

  /// A path by which another process of the same user can open it while this value lives.
  package var path: String { "/proc/\(getpid())/fd/\(descriptor.number)" }

  /// Runs `body` with the calling thread inside.
  package func enter<Result>(_ body: () throws -> Result) throws -> Result {
    let outside = try NetworkNamespace.current()
    guard netpolc_setns_net(descriptor.number) == 0 else { throw SystemFailure("setns") }
    defer { NetworkNamespace.goBack(to: outside) }
    return try body()
  }

  private static func current() throws -> FileDescriptor {
    try FileDescriptor(
      open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), of: "open /proc/thread-self/ns/net")
  }

  /// A thread left in a wrong namespace would make unrelated tests fail in ways nobody could
  /// explain, so there is no going on without having come back.
  private static func goBack(to outside: FileDescriptor) {
    let restored = netpolc_setns_net(outside.number) == 0
    precondition(restored, "the thread must return to its network namespace")
  }
}
