import Assertions
import Diagnostics
import Testing

/// What is said about a file of tests: everything that could make one hold for the wrong reason.
@Suite struct ReadingTests {
  private func said(_ test: String) throws -> [String] {
    var checking = try Checking(SmallCluster.yaml)
    return checking.said(test)
  }

  @Test(arguments: [
    (
      "{deny: {from: shop/wep, to: shop/db}}",
      "t.yaml:3:17: error: no pod or workload shop/wep [unknown-end]"
    ),
    (
      "{deny: {from: shpo/*, to: shop/db}}",
      "t.yaml:3:17: error: no pod or workload in a namespace shpo [unknown-end]"
    ),
    (
      "{deny: {from: \"*/dd\", to: shop/db}}",
      "t.yaml:3:17: error: no pod or workload dd in any namespace [unknown-end]"
    ),
    (
      "{deny: {from: kube-system/proxy, to: shop/db}}",
      "t.yaml:3:17: error: kube-system/proxy is on the network of its node, where no policy reaches "
        + "[unknown-end]"
    ),
  ])
  func `an end that is nobody is an error`(test: String, expected: String) throws {
    #expect(try said(test) == [expected])
  }

  @Test(arguments: [
    "{deny: {from: shop/we*, to: shop/db}}", "{deny: {from: shop, to: shop/db}}",
    "{deny: {from: shop/web/a, to: shop/db}}", "{deny: {from: 10.0.0.1/8, to: shop/db}}",
    "{deny: {from: 010.0.0.0/8, to: shop/db}}", "{deny: {from: Internet, to: shop/db}}",
    "{deny: {from: [], to: shop/db}}", "{deny: {from: internet, to: 10.0.0.0/8}}",
    "{deny: {from: [shop/web, internet], to: [shop/db, 10.0.0.0/8]}}",
    "{allow: {from: shop/web, to: shop/db, ports: []}}",
    "{allow: {from: shop/web, to: shop/db, port: 0}}",
    "{allow: {from: shop/web, to: shop/db, port: 65536}}",
    "{allow: {from: shop/web, to: shop/db, port: 90-80}}",
    "{allow: {from: shop/web, to: shop/db, port: 80/ICMP}}",
    "{allow: {from: shop/web, to: shop/db, port: http}}",
    "{allow: {from: shop/web, to: shop/db, ports: [80, any]}}",
    "{allow: {from: shop/web, to: shop/db, port: 80, ports: [81]}}",
    "{to: internet, allowFrom: [shop/web]}", "{deny: {from: a/b, to: c/d}, allow: {}}",
  ])
  func `a value that means nothing is an error`(_ test: String) throws {
    let said = try said(test)
    #expect(said.count == 1 && said[0].hasSuffix("[invalid-value]"), "\(said)")
  }

  @Test(arguments: [
    "{allow: {from: shop/web, to: shop/db}}", "{deny: {from: shop/web}}", "{to: shop/db}",
    "{to: shop/db, allowFrom: null}", "{allowFrom: [shop/web]}", "{name: nothing else}",
  ])
  func `a test that lacks something is an error`(_ test: String) throws {
    let said = try said(test)
    #expect(said.count == 1 && said[0].hasSuffix("[missing-field]"), "\(said)")
  }

  @Test(arguments: [
    "{deny: {from: shop/web, to: shop/db}, port: 80}", "{deny: {form: shop/web, to: shop/db}}",
    "{to: shop/db, allowForm: [shop/web]}", "{to: shop/db, from: shop/web, allowFrom: []}",
  ])
  func `a field that would be ignored is an error`(_ test: String) throws {
    let said = try said(test)
    #expect(said.contains { $0.contains("[unknown-field]") }, "\(said)")
  }

  @Test func `a file without tests or of another schema is an error`() {
    var diagnostics = Diagnostics()
    _ = readAssertions(Checking.file([]), &diagnostics)
    #expect(diagnostics.errorCount == 1)
  }

  @Test func `a name is made of what a test says`() throws {
    var checking = try Checking(SmallCluster.yaml)
    let names = checking.check([
      "{deny: {from: shop/*, to: 169.254.169.254/32}}",
      "{allow: {from: [shop/web, shop/api], to: shop/db, ports: [53/UDP, 80]}}",
      "{to: shop/db, allowFrom: []}", "{name: mine, from: shop/db, allowTo: [internet]}",
    ]).results.map(\.assertion.name)
    #expect(
      names == [
        "deny shop/* -> 169.254.169.254/32", "allow shop/web, shop/api -> shop/db 53/UDP, 80",
        "nothing -> shop/db", "mine",
      ])
  }
}
