import Glibc

/// A thread for work that may last.
package struct Thread {
  private let thread: pthread_t

  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  package init(_ run: @escaping @Sendable () -> Void) throws(SystemFailure) {
    let body = Unmanaged.passRetained(Body(run))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    self.thread = thread
    guard code == 0 else {
      body.release()
      throw SystemFailure("pthread_create", code: code)
    }
  }

  /// Returns when it has ended.
  package func join() { pthread_join(thread, nil) }
}
