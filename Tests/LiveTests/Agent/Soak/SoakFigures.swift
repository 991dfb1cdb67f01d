/// What a soak has done and seen.
struct SoakFigures: CustomStringConvertible {
  struct Memory {
    let at: Duration
    let agent: Int
    let kilobytes: Int
  }

  var changes = 0
  var faults: [String: Int] = [:]
  var starts = 1
  var checks = 0
  var flows = 0
  var allowed = 0
  /// Until the kernel held what was wanted.
  var longestWait = Duration.zero
  var memory: [Memory] = []
  /// Descriptors that are no connection to the server, and the most of those that are.
  var descriptors = 0
  var connections = 0

  var description: String {
    let faults = self.faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let memory = memory.map { "\($0.at.inSeconds) s: \($0.kilobytes) kB (\($0.agent))" }
    return """
      \(changes) changes, \(self.faults.values.reduce(0, +)) faults, \(starts) starts of the agent
      faults: \(faults.joined(separator: ", "))
      \(checks) checks of \(flows) flows, \(allowed) of them allowed; \
      caught up within \(longestWait.inSeconds) s
      resident (of which agent): \(memory.joined(separator: ", "))
      \(descriptors) descriptors, and at most \(connections) connections
      """
  }
}
