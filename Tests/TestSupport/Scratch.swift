import Glibc
import Host

/// A directory for one test, gone with the value. Commands run in it, so that messages name files
/// as the test does.
package final class Scratch: Sendable {
  package let path: String

  /// - Parameter files: paths with their text.
  package init(_ files: [String: String] = [:]) throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/netpolc-cli-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemFailure("mkdtemp") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    for (name, text) in files { try write(name, text) }
  }

  deinit { _ = try? runProcess(["rm", "-rf", "--", path]) }

  package func write(_ name: String, _ text: String) throws {
    var directory = path
    for part in name.split(separator: "/").dropLast() {
      directory += "/\(part)"
      try makeDirectory(directory)
    }
    try writeFile("\(path)/\(name)", text)
  }

  package func text(of name: String) throws -> String {
    String(decoding: try readFile("\(path)/\(name)"), as: UTF8.self)
  }

  package func names(in directory: String) throws -> [String] {
    try Host.names(in: "\(path)/\(directory)")
  }

  /// Runs a program here. `environment` is added to this process's own.
  @discardableResult
  package func run(
    _ command: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> ProcessResult {
    let assignments = environment.map { "\($0.key)=\($0.value)" }.sorted()
    return try runProcess(
      ["sh", "-c", "cd \"$0\" && exec \"$@\"", path, "env"] + assignments + command, input: input)
  }

  /// Runs the built `netpolc` here.
  package func netpolc(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> ProcessResult {
    try run([Program.path] + arguments, input: input, environment: environment)
  }
}

/// The program under test, built into the directory that this process was started from.
package enum Program {
  package static let path = "\(directory)/netpolc"
  package static let agentPath = "\(directory)/netpolc-agent"

  private static let directory: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(
      decoding: buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return own.split(separator: "/").dropLast().map { "/\($0)" }.joined()
  }()
}
