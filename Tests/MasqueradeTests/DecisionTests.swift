import Kubernetes
import NetSets
import TestSupport
import Testing

@testable import Masquerade

@Suite struct DecisionTests {
  private func parse(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  private func prefixes(_ texts: String...) throws -> [IPPrefix] {
    try texts.map { try #require(WrittenPrefix($0)).prefix }
  }

  private func flow(_ source: String, _ destination: String) throws -> Masquerade.Flow {
    Masquerade.Flow(
      source: try parse(source), destination: try parse(destination), layer4: .tcp)
  }

  private func plain() throws -> Masquerade {
    var plain = PlainMasquerade(from: try prefixes("10.244.0.0/16"))
    plain.skip = try prefixes("192.168.0.0/16")
    return plain.masquerade
  }

  @Test func `pods keep their addresses among each other, to what is skipped, and on their link`()
    throws
  {
    let masquerade = try plain()
    for destination in ["10.244.7.7", "192.168.1.1", "224.0.0.5", "169.254.169.254"] {
      #expect(masquerade.decision(on: try flow("10.244.1.1", destination)) == .untouched)
    }
    let rule = try #require(masquerade.rules.first)
    #expect(masquerade.decision(on: try flow("10.244.1.1", "203.0.113.9")) == .masqueraded(rule))
    #expect(masquerade.decision(on: try flow("10.9.1.1", "203.0.113.9")) == .untouched)
    #expect(masquerade.decision(on: try flow("fd00::1", "2001:db8::9")) == .untouched)
  }

  @Test func `a connection that ends on the node is not translated`() throws {
    var here = try flow("10.244.1.1", "203.0.113.9")
    here.isDestinationLocal = true
    #expect(try plain().decision(on: here) == .endsHere)
    // The node's own, to itself, pass the same rules as those that leave.
    here.isSourceLocal = true
    #expect(try plain().decision(on: here) != .endsHere)
  }

  @Test func `override binds what is kept, and leaves the rest to the translator`() throws {
    let masquerade = try plain()
    let node = NodeMasquerade(masquerade, .override)
    let kept = try #require(masquerade.kept)
    #expect(node.decision(on: try flow("10.244.1.1", "10.244.2.2")) == .bound(kept))
    #expect(
      node.decision(on: try flow("10.244.1.1", "203.0.113.9"))
        == .translator(.masqueraded(masquerade.rules[0])))
  }

  @Test func `the narrowest range names the place`() throws {
    let group = AddressGroup(
      "x",
      [
        AddressGroup.Member(try prefixes("10.0.0.0/8")[0].range, Origin("wide")),
        AddressGroup.Member(try prefixes("10.1.0.0/16")[0].range, Origin("narrow")),
      ])
    #expect(group.origin(of: try parse("10.1.2.3"))?.words == "narrow")
    #expect(group.origin(of: try parse("10.2.2.3"))?.words == "wide")
    #expect(group.origin(of: try parse("11.2.2.3")) == nil)
  }

  @Test(arguments: ["", "+", "*", "a+b", "a/b", "a b", "0123456789abcdef", "é"])
  func `names that no interface has`(_ text: String) {
    #expect(InterfacePattern(text) == nil)
  }

  @Test func `a plus or a star stands for any more characters`() throws {
    let prefix = try #require(InterfacePattern("eth+"))
    #expect(prefix.matches("eth0") && prefix.matches("eth") && !prefix.matches("et"))
    #expect(InterfacePattern("eth*") == prefix)
    #expect(try #require(InterfacePattern("eth0")).matches("eth0"))
    #expect(!(try #require(InterfacePattern("eth0")).matches("eth01")))
  }
}
