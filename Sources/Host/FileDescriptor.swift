import Glibc

/// A descriptor that is closed when the last reference to it goes.
package final class FileDescriptor: Sendable {
  package let number: Int32

  /// Takes over what a system call returned; `call` names it in the error.
  package init(_ number: Int32, of call: String) throws(SystemFailure) {
    guard number >= 0 else { throw SystemFailure(call) }
    self.number = number
  }

  deinit { close(number) }
}

/// A system call that failed, and why.
package struct SystemFailure: Error, CustomStringConvertible {
  package let call: String
  package let code: Int32

  /// - Parameter code: the error number; by default the thread's `errno`, so make this value before
  ///   any other call.
  package init(_ call: String, code: Int32 = errno) {
    self.call = call
    self.code = code
  }

  /// EPERM
  package static let notPermitted = EPERM

  /// `Connection refused`
  package var reason: String { String(cString: strerror(code)) }

  package var description: String { "\(call): \(reason)" }
}
