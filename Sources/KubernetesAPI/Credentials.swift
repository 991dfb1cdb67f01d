import NIOSSL
import Synchronization

/// Certificates and tokens that are read again, for those in files expire: about once a minute, as
/// client-go does, and when the server does not know us.
final class Credentials: Sendable {
  private struct State {
    var material: CredentialMaterial
    var readAt: ContinuousClock.Instant
  }

  private let access: ClusterAccess
  private let lifetime: Duration
  private let state: Mutex<State>

  init(_ access: ClusterAccess, lifetime: Duration) throws(APIFailure) {
    self.access = access
    self.lifetime = lifetime
    do throws(CredentialFailure) {
      let material = try CredentialMaterial(access)
      state = Mutex(State(material: material, readAt: .now))
    } catch {
      throw .connection(error.message)
    }
  }

  var current: CredentialMaterial {
    state.withLock { state in
      if state.readAt + lifetime < .now { reread(&state) }
      return state.material
    }
  }

  /// Whether what is in the files is not what was `sent`.
  func haveChanged(since sent: CredentialMaterial) -> Bool {
    state.withLock { state in
      reread(&state)
      return state.material.sources != sent.sources
    }
  }

  /// What cannot be read, or only half, because it is just being written, is left as it was: the
  /// server says when that is not good enough.
  private func reread(_ state: inout State) {
    state.readAt = .now
    guard let material = try? CredentialMaterial(access) else { return }
    if material.sources != state.material.sources { state.material = material }
  }
}
