import BenchSupport
import Host

/// What one run of a case cost.
struct Measurement {
  let milliseconds: Double
  /// Of the whole process, in megabytes of 1,000,000 bytes.
  let peakMemory: Double
  /// What the case itself printed.
  let output: String
}

/// Runs a program and has the kernel account for it. Cases are processes of their own, so that one
/// does not pay for the memory of another.
func measure(_ arguments: [String], input: String = "") throws -> Measurement {
  let start = ContinuousClock.now
  let result = try runProcess(arguments, input: input)
  let elapsed = ContinuousClock.now - start
  guard result.succeeded else {
    throw BenchFailure(description: "\(arguments.joined(separator: " ")): \(result.errors)")
  }
  return Measurement(
    milliseconds: elapsed.milliseconds, peakMemory: Double(result.peakMemoryBytes) / 1_000_000,
    output: result.output)
}
