import CLinux
import Glibc

/// The path of a program that is installed beside this one; nil where there is none.
package func programBeside(_ name: String) -> String? {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink("/proc/self/exe", &buffer, buffer.count)
  guard count > 0 else { return nil }
  let own = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  guard let slash = own.lastIndex(of: "/") else { return nil }
  let path = own[...slash] + name
  return access(String(path), X_OK) == 0 ? String(path) : nil
}

/// Becomes another program (execve(2)): returns only when that fails.
///
/// - Parameter arguments: the program's path, and its arguments.
package func replaceProcess(by arguments: [String]) -> SystemFailure {
  // What this program ignores is not the other's choice.
  signal(SIGPIPE, SIG_DFL)
  withCStrings(arguments) { argv in _ = execve(arguments[0], argv, netpolc_environment()) }
  return SystemFailure(arguments[0])
}
