import Glibc
import Host
import Testing

/// A directory for one test, gone with the value. Commands run in it, so that messages name files
/// as the test does.
final class Scratch {
  let path: String

  /// - Parameter files: paths with their text.
  init(_ files: [String: String] = [:]) throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/netpolc-cli-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemFailure("mkdtemp") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    for (name, text) in files { try write(name, text) }
  }

  deinit { _ = try? runProcess(["rm", "-rf", "--", path]) }

  func write(_ name: String, _ text: String) throws {
    var directory = path
    for part in name.split(separator: "/").dropLast() {
      directory += "/\(part)"
      try makeDirectory(directory)
    }
    try writeFile("\(path)/\(name)", text)
  }

  func text(of name: String) throws -> String {
    String(decoding: try readFile("\(path)/\(name)"), as: UTF8.self)
  }

  func names(in directory: String) throws -> [String] {
    try Host.names(in: "\(path)/\(directory)")
  }

  /// Runs a program here. `environment` is added to this process's own.
  @discardableResult
  func run(
    _ command: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> ProcessResult {
    let assignments = environment.map { "\($0.key)=\($0.value)" }.sorted()
    return try runProcess(
      ["sh", "-c", "cd \"$0\" && exec \"$@\"", path, "env"] + assignments + command, input: input)
  }

  /// Runs the built `netpolc` here.
  func netpolc(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> ProcessResult {
    try run([Program.path] + arguments, input: input, environment: environment)
  }

  /// Runs git here, for nobody's configuration and in nobody's name; fails the test when it does.
  func git(_ arguments: String...) throws {
    let result = try run(
      ["git", "-c", "user.name=Test", "-c", "user.email=test@localhost"] + arguments,
      environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"])
    try #require(result.succeeded, "git \(arguments): \(result.errors)")
  }
}

/// The program under test, built into the directory that this process was started from.
enum Program {
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(
      decoding: buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return own.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/netpolc"
  }()
}

extension ProcessResult {
  /// The lines on standard error.
  var said: [Substring] { errors.split(separator: "\n") }
}
