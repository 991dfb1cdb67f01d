import Host
import TestSupport
import Testing

/// How little a program may do, as `deploy/` has it started: CAP_NET_ADMIN alone, and a root that
/// nobody can write.
enum Confinement: CaseIterable, CustomTestStringConvertible {
  /// User 0 without the capabilities of one, as in the DaemonSet: what it owns is its own, and
  /// nothing else is.
  case container
  /// Any user, with the capability as an ambient one, as by the unit of systemd.
  case service

  var testDescription: String {
    switch self {
    case .container: "a container of the DaemonSet"
    case .service: "a service of systemd"
    }
  }

  private var user: Int {
    switch self {
    case .container: 0
    case .service: 65532
    }
  }

  /// Gives it the only directory that it may write.
  func prepare(_ directory: String) throws {
    try makeDirectories(directory)
    let result = try runProcess(["chown", "-R", "\(user):\(user)", directory])
    if !result.succeeded { throw LaboratoryFailure(result.errors) }
  }

  /// What starts a program so, in the namespaces of the caller but for mounts of its own.
  func command(_ program: [String], writing directory: String) -> [String] {
    let mounts = """
      set -e
      mount --make-rprivate /
      mount --bind "$0" "$0"
      mount -o remount,bind,ro /
      exec "$@"
      """
    let inherited =
      switch self {
      case .container: ["--inh-caps", "-all"]
      case .service: ["--inh-caps", "-all,+net_admin", "--ambient-caps", "-all,+net_admin"]
      }
    return ["unshare", "--mount", "sh", "-c", mounts, directory]
      + ["setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"]
      + ["--no-new-privs", "--bounding-set", "-all,+net_admin"] + inherited + program
  }
}
