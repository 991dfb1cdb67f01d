import Glibc
import Host
import Testing

extension Live {
  /// An agent among faults, for a minute, or as long as `SOAK_SECONDS` says.
  @Suite struct SoakTests {
    @Test func `whatever goes wrong, packets pass as the policies say, and nothing leaks`()
      async throws
    {
      let seconds = try number(of: "SOAK_SECONDS") ?? 60
      // A run can be repeated, as far as it does not depend on time.
      let seed = try number(of: "SOAK_SEED") ?? 1
      let soak = try await Soak(seed: UInt64(seed), seconds: seconds)
      try await soak.run()
      print("soak of seed \(seed), \(seconds) s: \(soak.figures)")
    }

    private func number(of variable: String) throws -> Int? {
      guard let text = getenv(variable).map({ String(cString: $0) }) else { return nil }
      guard let number = Int(text) else { throw SoakFailure("\(variable) is \(text), no number") }
      return number
    }
  }
}
