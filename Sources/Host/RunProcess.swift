import CLinux
import Glibc

/// What a finished process left behind.
package struct ProcessResult: Sendable {
  /// The exit status, or 128 and the signal's number, as a shell has it.
  package let status: Int32
  package let outputBytes: [UInt8]
  package let errors: String
  /// The largest its memory ever was.
  package let peakMemoryBytes: Int

  package var output: String { String(decoding: outputBytes, as: UTF8.self) }

  package var succeeded: Bool { status == 0 }
}

/// Runs a program to its end, in the network namespace of the calling thread.
///
/// Its three streams are files in memory rather than pipes: nobody has to read and write at the
/// same time, so there is no deadlock, no `SIGPIPE`, and no waiting for a grandchild that kept a
/// pipe open. A program may also open `/dev/stdin` anew, as `nft -f -` does.
///
/// - Parameters:
///   - arguments: the program, looked up as `findExecutable` does, and its arguments.
///   - input: what the program reads from its standard input.
///   - environment: its whole environment; nil for that of this process.
package func runProcess(
  _ arguments: [String], input: String = "", environment: [String: String]? = nil
) throws -> ProcessResult {
  guard let program = arguments.first, let path = findExecutable(program) else {
    throw SystemFailure("run \(arguments.first ?? "nothing")", code: ENOENT)
  }
  let standardInput = try MemoryFile("input", containing: input)
  let standardOutput = try MemoryFile("output")
  let standardError = try MemoryFile("errors")

  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (target, file) in [standardInput, standardOutput, standardError].enumerated() {
    posix_spawn_file_actions_adddup2(&actions, file.descriptor.number, Int32(target))
  }
  var child: pid_t = 0
  let code = withCStrings(arguments) { argv in
    guard let environment else {
      return posix_spawn(&child, path, &actions, nil, argv, netpolc_environment())
    }
    return withCStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) {
      posix_spawn(&child, path, &actions, nil, argv, $0)
    }
  }
  guard code == 0 else { throw SystemFailure("run \(path)", code: code) }

  var status: Int32 = 0
  var usage = rusage()
  while wait4(child, &status, 0, &usage) < 0 {
    guard errno == EINTR else { throw SystemFailure("wait for \(path)") }
  }
  let signal = status & 0x7f
  return ProcessResult(
    status: signal == 0 ? status >> 8 & 0xff : 128 + signal,
    outputBytes: try standardOutput.contents(),
    errors: String(decoding: try standardError.contents(), as: UTF8.self),
    peakMemoryBytes: usage.ru_maxrss * 1024)
}

/// The path of a program: as it is when it has a slash, else searched in `PATH` and then where
/// system programs are, which the `PATH` of an ordinary user leaves out.
package func findExecutable(_ name: String) -> String? {
  if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
  let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
  return (path + ":/usr/sbin:/sbin").split(separator: ":").lazy.map { "\($0)/\(name)" }
    .first { access($0, X_OK) == 0 }
}

/// An unnamed file in memory.
private struct MemoryFile {
  let descriptor: FileDescriptor

  init(_ name: String, containing text: String = "") throws {
    descriptor = try FileDescriptor(netpolc_memory_file(name), of: "memfd_create")
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor.number, $0.baseAddress, $0.count) }
      guard written > 0 else { throw SystemFailure("write a program's input") }
      rest = rest.dropFirst(written)
    }
    lseek(descriptor.number, 0, SEEK_SET)
  }

  func contents() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = pread(descriptor.number, &buffer, buffer.count, bytes.count)
      guard count >= 0 else { throw SystemFailure("read a program's output") }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}

/// Calls `body` with a null-terminated array of C strings, as `execve` wants it.
func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
) rethrows -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return try body(copies + [nil])
}
