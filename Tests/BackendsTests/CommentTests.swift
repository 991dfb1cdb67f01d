import Diagnostics
import Kubernetes
import NetSets
import Nftables
import PolicyModel
import Testing

@testable import Backends

/// Comments fit into what the kernel keeps, say where a rule comes from, and can be quoted.
@Suite struct CommentTests {
  private static let shop =
    Manifest.pod("web", labels: "app: web", "10.0.0.1")
    + Manifest.policy(
      "web", "podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]")

  private func comments(file: String) throws -> [String] {
    try ruleset(Self.shop, file: file).ip.chains.flatMap(\.rules).compactMap(\.comment)
  }

  @Test func `a rule names its policy, field and line`() throws {
    #expect(
      try Set(comments(file: "policies/web.yaml")) == [
        "shop/web ingress[0].from[0] ports[0] policies/web.yaml:11",
        "isolated by shop/web policies/web.yaml:11",
      ])
  }

  @Test(arguments: [
    "d/" + String(repeating: "long-directory/", count: 40) + "web.yaml",
    "каталог/" + String(repeating: "файл-", count: 40) + ".yaml",
    String(repeating: "😀", count: 60) + ".yaml", String(repeating: "é", count: 200),
  ])
  func `the end of a long path stays`(_ file: String) throws {
    for comment in try comments(file: file) {
      #expect(comment.utf8.count <= 128)
      #expect(comment.utf8.count > 120)
      #expect(comment.contains("..."))
      #expect(comment.hasSuffix("\(file.unicodeScalars.suffix(8).map { "\($0)" }.joined()):11"))
      #expect(comment.hasPrefix("shop/web ") || comment.hasPrefix("isolated by shop/web "))
    }
  }

  @Test(arguments: [
    "we\"ird.yaml", "back\\slash.yaml", "new\nline.yaml", "nul\u{0}.yaml", "esc\u{1B}[31m.yaml",
    "del\u{7F}.yaml", "c1\u{9B}.yaml",
  ])
  func `what nft cannot quote is replaced`(_ file: String) throws {
    let bad = Set("\"\\\n\u{0}\u{1B}\u{7F}\u{9B}".unicodeScalars)
    let comments = try comments(file: file)
    #expect(comments.count == 2)
    for comment in comments {
      #expect(!comment.unicodeScalars.contains { bad.contains($0) })
      #expect(comment.contains("_"))
      #expect(comment.hasSuffix(".yaml:11"))
    }
  }

  @Test func `names and paths share the room`() {
    let long = String(repeating: "n", count: 253)
    for policy in ["a", long] {
      for file in ["a", long] {
        let comment = Comments.rule(
          Provenance(
            policy: ObjectReference(kind: "NetworkPolicy", namespace: "shop", name: policy),
            path: .root.key("ingress").index(1234).key("from").index(5678),
            location: SourceLocation(file: file, line: 123_456, column: 1)), port: nil)
        #expect(comment.utf8.count <= 128)
        #expect(comment.contains(" ingress[1234].from[5678] "))
        #expect(comment.hasPrefix("shop/\(policy.prefix(20))"))
        #expect(comment.hasSuffix("\(file.prefix(20)):123456"))
      }
    }
  }

  @Test func `a selector longer than a comment is cut at its end`() throws {
    let values = (0..<40).map { "value-\($0)" }.joined(separator: ", ")
    let selector = "{matchExpressions: [{key: app, operator: In, values: [\(values)]}]}"
    let yaml =
      Manifest.pod("web", "10.0.0.1")
      + Manifest.policy("web", "podSelector: {}, ingress: [{from: [{podSelector: \(selector)}]}]")
    let set = try #require(ruleset(yaml).ip.sets.first { $0.name.hasPrefix("p-") })
    #expect(set.comment?.hasPrefix("ns=shop pod{app in (value-0,value-1,value-10,") == true)
    #expect(set.comment?.hasSuffix("...") == true)
    #expect(set.comment?.utf8.count == 128)
  }

  @Test func `a group of many policies names the first of them, and counts the others`() throws {
    let policies = (100..<150).map { Manifest.policy("policy-\($0)", "podSelector: {}") }
    let table = try ruleset(Manifest.pod("web", "10.0.0.1") + policies.joined()).ip
    let group = try #require(table.chains.first { $0.name.hasPrefix("gi-") })
    #expect(group.comment?.hasPrefix("shop/policy-100, shop/policy-101, ") == true)
    #expect(group.rules.last?.comment == "isolated by shop/policy-100 (+49) test.yaml:11")
  }
}
