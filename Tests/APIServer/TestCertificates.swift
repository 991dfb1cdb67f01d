import Glibc
import Host
import Synchronization

/// Certificates of an authority that lives as long as the process, made by `openssl`. Kept ones
/// would expire.
package final class TestCertificates: Sendable {
  /// Made once; all tests of a process share it.
  package static let shared = Result { try TestCertificates() }

  /// A directory with `ca.crt`, `other-ca.crt`, `server.crt` and `.key` for 127.0.0.1, ::1 and
  /// kubernetes.default.svc, `misnamed.crt` and `.key` for another name, `client.crt` and `.key`.
  package let directory: String

  private init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/netpolc-certificates-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemFailure("mkdtemp") }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let result = try runProcess(["sh", "-ec", Self.script, directory])
    guard result.succeeded else { throw Failure(description: result.errors) }
    removedAtExit.withLock { $0 = directory }
    atexit { removeDirectory() }
  }

  package func path(_ name: String) -> String { "\(directory)/\(name)" }

  package func text(_ name: String) throws -> String {
    String(decoding: try readFile(path(name)), as: UTF8.self)
  }

  /// A kubeconfig for the server at that port of 127.0.0.1.
  package func kubeconfig(port: Int) throws -> String {
    let path = path("config-\(port)")
    try writeFile(
      path,
      """
      {current-context: test, contexts: [{name: test, context: {cluster: test}}], clusters: \
      [{name: test, cluster: {server: 'https://127.0.0.1:\(port)', certificate-authority: ca.crt}}]}
      """)
    return path
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  private static let script = """
    cd "$0"
    authority() {
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \\
        -keyout "$1.key" -out "$1.crt" -subj "/CN=$1" 2>/dev/null
    }
    signed() {
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \\
        -out "$1.csr" -subj "$2" 2>/dev/null
      printf '%s\\n' "$3" > "$1.ext"
      openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \\
        -extfile "$1.ext" -out "$1.crt" 2>/dev/null
    }
    authority ca
    authority other-ca
    signed server /CN=kube-apiserver \\
      'subjectAltName=IP:127.0.0.1,IP:::1,DNS:kubernetes.default.svc'
    signed misnamed /CN=kube-apiserver 'subjectAltName=IP:192.0.2.1,DNS:example.org'
    signed client /O=system:nodes/CN=system:node:node-1 'extendedKeyUsage=clientAuth'
    """
}

private let removedAtExit = Mutex<String?>(nil)

private func removeDirectory() {
  guard let directory = removedAtExit.withLock({ $0 }) else { return }
  for name in (try? names(in: directory)) ?? [] { unlink("\(directory)/\(name)") }
  rmdir(directory)
}
