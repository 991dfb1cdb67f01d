import Host
import TestSupport
import Testing

/// `--quiet`: what is left on standard error.
@Suite struct QuietTests {
  @Test func `talk is left out, and the result is the same`() throws {
    let scratch = try Scratch(DemoFiles.base)
    let all = try scratch.netpolc("compile", "-f", "base")
    #expect(all.errors.hasPrefix("skipped    7 workloads"))
    let quiet = try scratch.netpolc("compile", "-f", "base", "--quiet")
    #expect(quiet.output == all.output)
    #expect(quiet.errors == "")
  }

  @Test func `review talks of what it wrote, or not`() throws {
    let scratch = try Scratch([:])
    let all = try scratch.netpolc("review", "--demo", "--write-allow", "a.yaml")
    #expect(all.errors.hasPrefix("wrote      "))
    let quiet = try scratch.netpolc("review", "--demo", "--write-allow", "a.yaml", "-q")
    #expect(quiet.output == all.output)
    #expect(quiet.errors == "")
  }

  @Test func `warnings and errors stay`() throws {
    let scratch = try Scratch(["broken.yaml": Shop.broken, "routes.yaml": ListPodsTests.routes])
    let broken = try scratch.netpolc("compile", "-f", "broken.yaml", "-q")
    #expect(broken.status == 2)
    #expect(broken.said.last == "2 errors, nothing written")
    let routes = try scratch.netpolc("list", "-f", "routes.yaml", "-q")
    #expect(routes.errors.hasPrefix("routes.yaml:22:49: warning: "))
  }
}
