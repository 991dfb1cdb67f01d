import Host
import TestSupport
import Testing

/// The line about work that takes long: seen on a terminal, and nowhere else.
@Suite(.enabled(if: findExecutable("script") != nil, "script is not installed."))
struct ProgressTests {
  private static let erase = "\r\u{1B}[K"

  /// Standard input comes after so many seconds. Standard error is a terminal's, in the result's
  /// output.
  private func compile(
    after seconds: Double, input: String = Shop.web, terminal: String = "xterm"
  ) throws -> ProcessResult {
    let scratch = try Scratch(["input.yaml": input])
    // An input without an end: at its end, script hangs up.
    try scratch.run(["mkfifo", "none"])
    try scratch.write(
      "run", "{ sleep \(seconds); cat input.yaml; } | \"$1\" compile -f - > out.nft\n")
    return try scratch.run(
      [
        "sh", "-c", "exec script -qec \"sh run '$0'\" /dev/null <>none", Program.path,
      ], environment: ["TERM": terminal])
  }

  @Test func `an input that is slow to come is said, and the line is erased`() throws {
    let result = try compile(after: 4)
    #expect(result.status == 0)
    #expect(result.output.contains("\rreading standard input\u{1B}[K"))
    #expect(result.output.hasSuffix(Self.erase))
  }

  @Test func `what is said meanwhile has its own line`() throws {
    let result = try compile(after: 4, input: Shop.broken)
    #expect(result.status == 2)
    #expect(result.output.contains("\(Self.erase)<stdin>:4:8: error: "))
  }

  @Test func `what is typed is not drawn over`() throws {
    let scratch = try Scratch(["policy.yaml": Shop.web])
    let result = try scratch.run(
      [
        "sh", "-c",
        // The terminal's end of file is a control-D at the start of a line.
        "{ sleep 1.4; cat policy.yaml; printf '\\004'; sleep 1; } "
          + "| script -qec \"'$0' compile -f - > out.nft\" /dev/null", Program.path,
      ], environment: ["TERM": "xterm"])
    #expect(!result.output.contains("\u{1B}[K"))
    #expect(try scratch.text(of: "out.nft").hasPrefix("add table ip netpolc\n"))
  }

  @Test func `work that is done leaves nothing on the screen`() throws {
    // Nothing was said, unless the machine was so busy that it took long.
    let output = try compile(after: 0).output
    #expect(output.isEmpty || output.hasSuffix(Self.erase))
  }

  @Test func `a terminal that cannot erase gets nothing, nor does a file`() throws {
    #expect(try compile(after: 1.4, terminal: "dumb").output == "")
    let scratch = try Scratch(["input.yaml": Shop.web])
    let result = try scratch.run([
      "sh", "-c", "{ sleep 1.4; cat input.yaml; } | \"$0\" compile -f - > out.nft", Program.path,
    ])
    #expect(result.errors == "")
  }
}
