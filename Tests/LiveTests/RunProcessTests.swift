import Host
import TestSupport
import Testing

@Suite struct RunProcessTests {
  @Test func `a program reads its input and is heard on both outputs`() throws {
    let result = try runProcess(["sh", "-c", "cat; echo problem >&2; exit 3"], input: "text\n")
    #expect(result.output == "text\n")
    #expect(result.errors == "problem\n")
    #expect(result.status == 3)
    #expect(!result.succeeded)
  }

  @Test func `much input and output do not lock each other`() throws {
    let input = String(repeating: "0123456789abcde\n", count: 1 << 16)
    let result = try runProcess(["sh", "-c", "tee /dev/stderr"], input: input)
    #expect(result.output == input)
    #expect(result.errors == input)
  }

  @Test func `input that nobody reads is no error`() throws {
    let input = String(repeating: "x", count: 1 << 20)
    #expect(try runProcess(["true"], input: input).succeeded)
  }

  @Test func `a program killed by a signal has a status of its own`() throws {
    #expect(try runProcess(["sh", "-c", "kill -9 $$"]).status == 137)
  }

  @Test func `the environment is the given one`() throws {
    let result = try runProcess(["env"], environment: ["ONLY": "this"])
    #expect(result.output == "ONLY=this\n")
  }

  @Test func `a program that is not there is an error`() {
    #expect(throws: SystemFailure.self) { try runProcess(["no-such-program-anywhere"]) }
  }

  @Test func `the generator's numbers follow from the seed`() {
    // The first outputs for seed 1234567 of the reference implementation.
    var generator = SplitMix64(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }
}
