import CLinux
import Glibc

/// The value of an environment variable; nil when it is empty, as when there is none.
package func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}

/// All variables, by name.
package func environmentVariables() -> [(name: String, value: String)] {
  var variables: [(name: String, value: String)] = []
  var next = netpolc_environment()
  while let entry = next?.pointee {
    let parts = String(cString: entry).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { variables.append((String(parts[0]), String(parts[1]))) }
    next = next?.advanced(by: 1)
  }
  return variables.sorted { $0.name < $1.name }
}
